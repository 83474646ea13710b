import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Job } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Role, RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import { ConfigMap, Namespace, Service, ServiceAccount } from 'kubernetes-models/v1';
import { expect } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { strayFields } from './object-rules.ts';

/** The published schemas of Kubernetes, by kind. */
const KINDS = {
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Job,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  Role,
  RoleBinding,
  Service,
  ServiceAccount,
};
export type ManifestKind = keyof typeof KINDS;

/** An object as a manifest has it. */
export interface Manifest {
  apiVersion: string;
  kind: ManifestKind;
  metadata: { name: string; namespace?: string };
}

/** What kustomize is told. */
export interface Kustomization {
  /** Undefined where each object says its own. */
  namespace?: string;
  resources: string[];
  images?: { name: string; newName: string; newTag: string }[];
  configMapGenerator?: { name: string; literals?: string[]; files?: string[] }[];
}

/** Manifests of a folder, as files and as kustomize puts them together. */
export interface Manifests {
  folder: string;
  kustomization: Kustomization;
  objects: Manifest[];
  read(file: string): string;
  find<K extends ManifestKind>(kind: K, name: string): InstanceType<(typeof KINDS)[K]>;
}

/** Reads the manifests in a folder. @param name below `kubernetes/` */
export function readManifests(name = ''): Manifests {
  const folder = path.resolve(import.meta.dirname, '../../../kubernetes', name);
  const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');
  const kustomization: Kustomization = parse(read('kustomization.yaml'));
  const objects = kustomization.resources.flatMap((file) => objectsIn(read(file)));
  return {
    ...{ folder, kustomization, objects, read },
    find: (kind, wanted) => {
      const found = objects.find((one) => one.kind === kind && one.metadata.name === wanted);
      if (found === undefined) throw new Error(`no ${kind} ${wanted}`);
      return new KINDS[kind](found as never) as InstanceType<(typeof KINDS)[typeof kind]>;
    },
  };
}

/** The objects of a text. */
export function objectsIn(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
}

/** Holds objects to the published schemas, and to their fields. */
export function expectValid(all: readonly Manifest[]): void {
  for (const one of all) {
    const Model = KINDS[one.kind];
    expect(Model, one.kind).toBeDefined();
    expect(one.apiVersion, one.kind).toBe(Model.apiVersion);
    expect(() => new Model(one as never).validate(), one.metadata.name).not.toThrow();
    expect(strayFields(one), one.metadata.name).toEqual([]);
  }
}
