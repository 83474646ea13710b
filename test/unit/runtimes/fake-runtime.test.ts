import { FAKE_BROKEN_LAUNCH, FAKE_LAUNCH, FakeRuntime } from '../../support/fake-runtime.ts';
import { describeRuntime, knockAt } from '../../support/runtime-contract.ts';

// What deployments are tested with does what the real ones do.

describeRuntime('of tests', () => {
  const runtime = new FakeRuntime();
  runtime.looksToStart = 2;
  return Promise.resolve({
    ...{ runtime, launch: FAKE_LAUNCH, unknownTarget: 'nowhere' },
    broken: { launch: FAKE_BROKEN_LAUNCH, codes: ['SERVER_EXITED'] },
    count: (instanceId) => Promise.resolve(runtime.instances.has(instanceId) ? 1 : 0),
    knock: knockAt,
    tick: () => Promise.resolve(),
    close: () => runtime.close(),
  });
});
