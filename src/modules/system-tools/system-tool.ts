import type { CatalogEntry, SettingValues } from '../catalog/index.ts';
import type { Connector } from '../connectors/index.ts';

/** How a system tool is for one user; derived from their connector of it and from the catalog, so that no second truth can be out of step. */
export type SystemToolStatus =
  | 'NOT_CONNECTED'
  | 'CONNECTED'
  | 'DISABLED'
  | 'NEEDS_AUTH'
  | 'ERROR'
  | 'UNAVAILABLE';

/** What connecting a tool takes. */
export type SystemToolRequirement = 'NOTHING' | 'SETTINGS' | 'SIGN_IN';

/** A tool that the operator offers to every user, and what one user has of it. */
export interface SystemTool {
  key: string;
  /** Undefined where the catalog has it no more. */
  entry: CatalogEntry | undefined;
  /** Whether it can be connected. */
  isOpen: boolean;
  /** The user's; undefined where they are not connected. */
  connector: Connector | undefined;
  status: SystemToolStatus;
  /** What the user has set, secrets too: whoever shows it leaves them out. */
  settings: SettingValues;
}

const OF_CONNECTOR = {
  ENABLED: 'CONNECTED',
  DISABLED: 'DISABLED',
  NEEDS_AUTH: 'NEEDS_AUTH',
  ERROR: 'ERROR',
} as const;

/** @param connector undefined where the user has none */
export function statusOf(
  connector: Pick<Connector, 'status'> | undefined,
  isOpen: boolean,
): SystemToolStatus {
  if (connector === undefined) return 'NOT_CONNECTED';
  return isOpen ? OF_CONNECTOR[connector.status] : 'UNAVAILABLE';
}

export function requirementOf({ auth }: Pick<CatalogEntry, 'auth'>): SystemToolRequirement {
  if (auth.kind === 'oauth2') return 'SIGN_IN';
  return auth.kind === 'settings' ? 'SETTINGS' : 'NOTHING';
}

/** Is there nothing left to do? Rights that are missing are something. */
export function isWorking({
  status,
  credential,
}: Pick<Connector, 'status' | 'credential'>): boolean {
  return status === 'ENABLED' && !lacksRights({ credential });
}

/** Did a call want more than the sign-in brought? */
export function lacksRights({ credential }: Pick<Connector, 'credential'>): boolean {
  return credential !== undefined && credential.missingScopes.length > 0;
}
