import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCluster, SERVERS } from '../../support/kubernetes/kubernetes-bench.ts';
import { startTestService, type TestService } from '../../support/test-service.ts';
import { writeCatalogFile } from '../catalog/support.ts';
import { DeploymentClient, newProject, type TestProject } from './support.ts';

// Servers of the catalog in a cluster, with all of the service and an API server that is a double.

const TOKEN = 'lab_s3cret-of-the-project';

let service: TestService;
let cluster: Awaited<ReturnType<typeof openCluster>>['cluster'];
let closeCluster: () => Promise<void>;
let file: ReturnType<typeof writeCatalogFile>;
let project: TestProject;
let deployments: DeploymentClient;

beforeAll(async () => {
  ({ cluster, close: closeCluster } = await openCluster());
  const token =
    '{ name: token, title: Token, type: string, required: true, secret: true, env: LAB_TOKEN }';
  const entry = (key: string, image: string) =>
    `  - { key: ${key}, title: ${key}, description: A server., run_on: [kubernetes], launch: { command: [server], image: '${image}' }, settings: [${token}] }\n`;
  file = writeCatalogFile(`entries:
${entry('lab', 'registry.example.com/mcp/lab:1')}
${entry('missing', 'registry.example.com/mcp/missing:1')}
${entry('unlisted', 'evil.example.com/mcp/lab:1')}
`);
  cluster.pods.decide('registry.example.com/mcp/missing:1', 'no-image');
  service = await startTestService({
    env: {
      CATALOG_FILE: file.file,
      KUBERNETES_RUNTIME: 'on',
      KUBECONFIG: cluster.writeKubeconfig(),
      KUBERNETES_FRONT_IMAGE: 'registry.example.com/mcp-connectors:0.1.0',
      KUBERNETES_IMAGES: 'registry.example.com/mcp/*',
    },
  });
  project = await newProject(service);
  deployments = new DeploymentClient(project.admin);
});

afterAll(async () => {
  await service.close();
  await closeCluster();
  file.remove();
});

const create = async (key: string) =>
  (await deployments.create(project.id, key, { token: TOKEN })).ok(202).id;
const objects = () =>
  ['Deployment', 'Service', 'NetworkPolicy', 'Secret', 'Pod'].flatMap((kind) =>
    cluster.store.list(kind, SERVERS),
  );

describe('a server of the catalog in a cluster', () => {
  it('comes up with its settings in a Secret, and leaves nothing behind', async () => {
    const id = await create('lab');
    const { instances } = await deployments.until(id, 'running');
    expect(instances).toMatchObject([{ runtime: 'kubernetes', target: SERVERS }]);
    expect(objects().map(({ kind }) => kind)).toEqual([
      ...['Deployment', 'Service', 'NetworkPolicy', 'Secret', 'Pod'],
    ]);
    const open = objects().filter(({ kind }) => kind !== 'Secret');
    expect(JSON.stringify(open)).not.toContain(TOKEN);
    const [secret] = objects().filter(({ kind }) => kind === 'Secret');
    const value = secret?.data?.['env.LAB_TOKEN'] ?? '';
    expect(Buffer.from(value, 'base64').toString()).toBe(TOKEN);
    // The cluster keeps what a server writes, and knows no secret.
    cluster.log = `began with ${TOKEN}\n${'x'.repeat(1_995)}${TOKEN}\nend`;
    const [log] = (await deployments.logs(id)).ok().instances;
    const [began, cut = '', end] = log?.lines ?? [];
    expect([began, end]).toEqual(['began with [redacted]', 'end']);
    expect(cut).toMatch(/^x{1900,1995}$/);
    (await deployments.remove(id)).ok(202);
    await expect.poll(async () => (await deployments.get(id)).status).toBe(404);
    expect(objects()).toEqual([]);
  });

  it.each([
    ['missing', 'LAUNCH_NOT_FOUND'],
    ['unlisted', 'LAUNCH_NOT_ALLOWED'],
  ])('that does not come up says why, and where: %s', async (key, code) => {
    const id = await create(key);
    const failed = await deployments.until(id, 'failed');
    expect(failed).toMatchObject({
      error_code: code,
      error_message: expect.stringContaining(SERVERS),
    });
    await expect.poll(() => objects()).toEqual([]);
    (await deployments.remove(id)).ok(202);
  });
});
