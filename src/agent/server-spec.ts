import type { ServerSpec } from '../contract/agent-generated.ts';
import type { InstanceSpec } from '../runtimes/runtime.ts';

/** What the service wants to run, in the words of the runtimes. */
export function toInstanceSpec(instanceId: string, body: ServerSpec): InstanceSpec {
  const { launch } = body;
  return {
    instanceId: instanceId.toLowerCase(),
    deploymentId: body.deployment_id,
    entryKey: body.entry_key,
    generation: body.generation,
    bearer: body.bearer,
    launch: {
      command: launch.command ?? undefined,
      image: launch.image ?? undefined,
      speaks: launch.speaks,
      port: launch.port,
      path: launch.path,
      environment: launch.environment,
      memoryMb: launch.memory_mb,
      cpuMillis: launch.cpu_millis,
    },
    environment: body.environment,
    files: body.files,
  };
}
