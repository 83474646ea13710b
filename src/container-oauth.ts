import type { Config } from './config.ts';
import type { Database } from './database/index.ts';
import type { Clock } from './lib/clock.ts';
import type { OperationLog } from './lib/operation-log.ts';
import type { Catalog, CatalogConnectorService } from './modules/catalog/index.ts';
import {
  type ConnectorAccessService,
  type ConnectorSaveService,
  type ConnectorSecrets,
  type ConnectorService,
  ConnectorTargets,
  type ConnectorTester,
  DeactivatedCredentialService,
  GrantRenewal,
  GrantRevocation,
  type ManagedServers,
  type PrismaConnectorStore,
  PrismaCredentialAgeStore,
  PrismaGrantStore,
  TokenRenewalService,
} from './modules/connectors/index.ts';
import type { SealedBox } from './modules/credentials/index.ts';
import {
  AuthorizationService,
  BrowserService,
  ClientCredentialsService,
  clientMetadataOf,
  OAuthClients,
  PrismaAuthorizationStore,
  PrismaRegistrationStore,
  SignInSecrets,
  SignInSubjects,
} from './modules/oauth/index.ts';
import type { Network } from './network.ts';
import { OAuthHttp } from './oauth/oauth-http.ts';
import { OAuthProtocol } from './oauth/oauth-protocol.ts';
import { parseOperatorClients } from './oauth/operator-clients.ts';
import { SignInDiscovery } from './oauth/sign-in-discovery.ts';
import { SignInOffers } from './oauth/sign-in-offer.ts';
import type { Outbound } from './outbound/guarded-fetch.ts';
import { ManagedPolicy, type UserPolicy } from './outbound/outbound-policy.ts';

/** What speaks OAuth. */
export type OAuthParts = ReturnType<typeof createOAuth>;

/** Builds what finds out how to sign in to servers, and what talks to authorization servers; under the policy for users' servers. */
export function createOAuth({
  config,
  userOutbound,
  userPolicy,
  pinnedOutbound,
  clock,
}: {
  config: Pick<Config, 'signIn' | 'oauthClients'>;
  userOutbound: Pick<Outbound, 'request'>;
  userPolicy: UserPolicy;
  pinnedOutbound: Network['pinnedOutbound'];
  clock: Clock;
}) {
  const http = new OAuthHttp({ outbound: userOutbound, policy: userPolicy, clock });
  const pinnedHttp = (origin: string) =>
    new OAuthHttp({
      outbound: pinnedOutbound(origin),
      policy: new ManagedPolicy({ origins: [origin] }),
      clock,
    });
  const discovery = new SignInDiscovery({ http, pinnedHttp });
  const operatorClients = parseOperatorClients(config.oauthClients ?? '[]');
  const clientMetadata = clientMetadataOf(config.signIn);
  return {
    discovery,
    clientMetadata,
    operatorClients,
    protocol: new OAuthProtocol({ http, clock, operatorClients }),
    signIn: new SignInOffers({
      discovery,
      clock,
      operatorClients,
      hasMetadataDocument: clientMetadata !== undefined,
    }),
  };
}

/** Builds what keeps the tokens of connectors alive, and what ends them. */
export function createGrants({
  config,
  database,
  store,
  secrets,
  oauth: { protocol },
  managedServers,
  clock,
  log,
}: {
  config: Pick<Config, 'credentialsKeptDays'>;
  database: Database;
  store: PrismaConnectorStore;
  secrets: ConnectorSecrets;
  oauth: OAuthParts;
  managedServers: ManagedServers;
  clock: Clock;
  log: OperationLog;
}) {
  const grants = new PrismaGrantStore({ database });
  const renewal = new GrantRenewal({ store, grants, secrets, protocol, clock, log });
  const targets = new ConnectorTargets({ secrets, renewal, grants, managedServers, clock });
  const revocation = new GrantRevocation({ secrets, protocol, log });
  const ages = new PrismaCredentialAgeStore({ database });
  const { credentialsKeptDays: keptDays } = config;
  return {
    targets,
    revocation,
    tokenRenewalService: new TokenRenewalService({ ages, store, targets, clock }),
    deactivatedCredentialService: new DeactivatedCredentialService({
      ...{ ages, store, revocation, clock, log, keptDays },
    }),
  };
}

/** What sign-ins are built from. */
export interface SignInBasis {
  config: Pick<Config, 'signIn'>;
  database: Database;
  box: SealedBox;
  clock: Clock;
  log: OperationLog;
  oauth: OAuthParts;
  access: ConnectorAccessService;
  connectors: ConnectorService;
  saves: ConnectorSaveService;
  tester: ConnectorTester;
  catalog: Catalog;
  catalogConnectors: CatalogConnectorService;
}

/** Builds the services of sign-ins. */
export function createSignIns(basis: SignInBasis) {
  const { config, database, box, clock, log, oauth, tester } = basis;
  const { discovery, protocol, clientMetadata, operatorClients } = oauth;
  const store = new PrismaAuthorizationStore({ database });
  const secrets = new SignInSecrets({ box });
  const clients = new OAuthClients({
    store: new PrismaRegistrationStore({ database }),
    protocol,
    operatorClients,
    box,
    clock,
    metadataDocument: clientMetadata?.client_id,
  });
  const shared = { store, secrets, protocol, clients, clock };
  return {
    clientMetadata,
    authorizationService: new AuthorizationService({
      ...{ ...shared, discovery, tester, log },
      subjects: new SignInSubjects(basis),
      settings: config.signIn,
    }),
    clientCredentialsService: new ClientCredentialsService({
      ...{ ...basis, discovery, protocol, clients },
    }),
    browserService: new BrowserService(shared),
  };
}

/** The page where a user signs in to a connector that asks for it: that of the frontend, which starts the sign-in. */
export function signInLink(settings: Config['signIn'], connectorId: string): string | undefined {
  const [page] = settings?.returnUrls ?? [];
  if (page === undefined) return undefined;
  const url = new URL(page);
  url.searchParams.set('connector_id', connectorId);
  return url.href;
}
