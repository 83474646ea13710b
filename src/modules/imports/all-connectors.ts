import type { Identity } from '../../tenancy/caller.ts';
import type { Connector, ConnectorService } from '../connectors/index.ts';

const PAGE = 100;

/** All connectors of a user, oldest first, so that what was first here stays first. */
export async function allConnectors(
  connectors: Pick<ConnectorService, 'list'>,
  identity: Identity,
): Promise<Connector[]> {
  const found: Connector[] = [];
  for (let after: Parameters<ConnectorService['list']>[1]['after']; ; ) {
    const page = await connectors.list(identity, { limit: PAGE, after });
    found.push(...page.items);
    if (page.next === undefined) return found.reverse();
    after = page.next;
  }
}
