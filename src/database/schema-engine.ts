import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';

// Part of Node, but described only by the types of browsers.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: Record<string, object>) => { exports: object };
};

// Prisma's schema engine as WebAssembly: the `prisma migrate` commands download a native one when they first run.
// Node 20 cannot import a .wasm file, so it is instantiated by hand, once, when this module is first imported.
instantiate();

function instantiate(): void {
  const entry = createRequire(import.meta.url).resolve(
    '@prisma/schema-engine-wasm/schema_engine_bg',
  );
  const bytes = readFileSync(entry.replace(/\.js$/, '.wasm'));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    './schema_engine_bg.js': { ...bindings },
  });
  callExport(bindings, '__wbg_set_wasm', exports);
  callExport(exports, '__wbindgen_start');
}

function callExport(module: object, name: string, ...args: unknown[]): void {
  const found: unknown = Reflect.get(module, name);
  if (typeof found !== 'function') throw new Error(`The schema engine has no ${name}.`);
  Reflect.apply(found, undefined, args);
}

/** An engine that works on the database of the adapter. Call `free()` when done. */
export function openSchemaEngine(
  factory: SqlMigrationAwareDriverAdapterFactory,
): Promise<bindings.SchemaEngine> {
  return bindings.SchemaEngine.new(
    { datamodels: undefined },
    () => {},
    bindMigrationAwareSqlAdapterFactory(factory),
  );
}
