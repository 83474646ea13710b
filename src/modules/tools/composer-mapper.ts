import type {
  Composer as ComposerResource,
  ComposerTool as ComposerToolResource,
} from '../../contract/generated.ts';
import type { ComposerEntry, ComposerMenu } from './composer.ts';
import { toOutcomeResource } from './tool-mapper.ts';

/** The menu as ChatKit's `composer` takes it, with what a frontend shows beside it. */
export function toComposerResource({ entries, omitted, outcomes }: ComposerMenu): ComposerResource {
  return {
    tools: entries.map(toOption),
    omitted,
    outcomes: outcomes.map(toOutcomeResource),
  };
}

/** The connector stands first, in its owner's words: no server can pass its tools off as those of another. */
function toOption({ id, toolLabel, connectorLabel }: ComposerEntry): ComposerToolResource {
  return {
    id,
    label: `${connectorLabel}: ${toolLabel}`,
    shortLabel: toolLabel,
    icon: 'bolt',
    placeholderOverride: `What should “${toolLabel}” of ${connectorLabel} do?`,
    pinned: false,
    persistent: false,
  };
}
