import { AppError } from '../../errors/app-error.ts';
import type { OperationLog } from '../../lib/operation-log.ts';
import type { OutboundPolicy } from '../../outbound/outbound-policy.ts';
import type { Identity } from '../../tenancy/caller.ts';
import type {
  Connector,
  ConnectorDraft,
  ConnectorSaveService,
  ConnectorService,
} from '../connectors/index.ts';
import { allConnectors } from './all-connectors.ts';
import { type Comparable, findConnected } from './connected-servers.ts';
import { freeName } from './entry-names.ts';
import { outcomeOfError } from './entry-outcomes.ts';
import { URL_SECRET } from './entry-secrets.ts';
import { type FoundServer, findServers } from './find-servers.ts';
import type { EntryDescription, EntryOutcome, ImportReport } from './import-report.ts';
import {
  addressOf,
  describeEntry,
  type EntryDecision,
  judgeEntry,
  UNDECIDED,
} from './judge-entry.ts';
import { readConfig } from './read-config.ts';

/** An entry that a user chose, and what they say to it. */
export interface ImportChoice extends EntryDecision {
  pointer: string;
  /** Instead of the one of the file. */
  name: string | undefined;
}

/** Collaborators of the {@link ImportService}. */
export interface ImportServiceDeps {
  connectors: Pick<ConnectorService, 'list'>;
  saves: Pick<ConnectorSaveService, 'create' | 'countRoom'>;
  /** The one that tests of users' servers go out under. */
  urlPolicy: Pick<OutboundPolicy, 'checkUrl'>;
  log: OperationLog;
}

/** An entry on its way. */
interface Candidate extends Comparable {
  found: FoundServer;
  decision: EntryDecision;
  /** What the user called it; undefined where they did not. */
  chosenName: string | undefined;
}

type EntryReport = EntryDescription & EntryOutcome;

/** Brings servers in from the configuration files of MCP clients. Keeps nothing of a file. */
export class ImportService {
  readonly #deps: ImportServiceDeps;

  constructor(deps: ImportServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Says what each entry of a file would become. Asks no server, and saves nothing.
   * @throws AppError `IMPORT_UNREADABLE`
   */
  async preview(identity: Identity, content: string | object): Promise<ImportReport> {
    const { format, servers } = findServers(readConfig(content));
    const candidates = servers.map((found) => toCandidate(found, UNDECIDED, undefined));
    const named = await this.#name(identity, candidates);
    const entries = [...named.values()].map(({ candidate, name, connected }): EntryReport => {
      const { found, decision } = candidate;
      const description = describeEntry(found, name, decision);
      if (connected !== undefined) return { ...description, ...alreadyConnected(connected) };
      const judgement = judgeEntry(found, decision, this.#deps.urlPolicy);
      const outcome: EntryOutcome =
        judgement.kind === 'decided' ? judgement.outcome : { verdict: 'ready' };
      return { ...description, ...outcome };
    });
    return { format, room: await this.#deps.saves.countRoom(identity), entries };
  }

  /**
   * Tests and saves the chosen entries, all at once. What one of them does not pass is in its report, and costs no other.
   * @throws AppError `IMPORT_UNREADABLE`
   */
  import(
    identity: Identity,
    content: string | object,
    choices: readonly ImportChoice[],
  ): Promise<ImportReport> {
    return this.#deps.log.change('connector.import', identity, async (fields) => {
      const { format, servers } = findServers(readConfig(content));
      const { all, chosen } = choose(servers, choices);
      const named = await this.#name(identity, all);
      const running = chosen
        .flatMap((one) => named.get(one) ?? [])
        .map((one) => this.#importOne(identity, one));
      // Where one fails for good, the others are still to end before the answer.
      await Promise.allSettled(running);
      const entries = await Promise.all(running);
      fields.entries = entries.length;
      fields.imported = entries.filter(({ verdict }) => verdict === 'imported').length;
      return { format, room: await this.#deps.saves.countRoom(identity), entries };
    });
  }

  /**
   * Says which entries are connected already, and what the others are to be called.
   * @param candidates all entries of the file, in its order: which connector one of them is depends on the others.
   */
  async #name(
    identity: Identity,
    candidates: readonly Candidate[],
  ): Promise<Map<Candidate, NamedCandidate>> {
    const connectors = await allConnectors(this.#deps.connectors, identity);
    // Which address a managed server has is nobody's to find out.
    const own = connectors.filter(({ source }) => source === 'own');
    const connected = findConnected(candidates, own);
    const chosenNames = candidates.flatMap(({ chosenName }) => chosenName ?? []);
    const names = [...connectors.map(({ name }) => name), ...chosenNames];
    const taken = new Set(names.map((name) => name.toLowerCase()));
    const named = new Map<Candidate, NamedCandidate>();
    for (const candidate of candidates) {
      const known = connected.get(candidate);
      const name = known?.name ?? candidate.chosenName ?? freeName(candidate.found.key, taken);
      taken.add(name.toLowerCase());
      named.set(candidate, { candidate, name, connected: known?.id });
    }
    return named;
  }

  async #importOne(
    identity: Identity,
    { candidate, name, connected }: NamedCandidate,
  ): Promise<EntryReport> {
    const { found, decision } = candidate;
    const description = describeEntry(found, name, decision);
    if (connected !== undefined) return { ...description, ...alreadyConnected(connected) };
    const judgement = judgeEntry(found, decision, this.#deps.urlPolicy);
    if (judgement.kind === 'decided') return { ...description, ...judgement.outcome };
    try {
      const { id } = await this.#deps.saves.create(identity, { name, ...judgement.way });
      return { ...description, verdict: 'imported', connectorId: id };
    } catch (error) {
      const outcome = error instanceof AppError ? outcomeOfError(error) : undefined;
      if (outcome === undefined) throw error;
      const twin = await this.#findTwin(identity, { candidate, name }, outcome);
      return {
        ...description,
        ...(twin ?? outcome),
        ...signInOf(outcome, { description, decision, draft: { name, ...judgement.way } }),
      };
    }
  }

  /** The same import, sent twice at once, has taken the name or the last place: then all is well. */
  async #findTwin(
    identity: Identity,
    { candidate, name }: Pick<NamedCandidate, 'candidate' | 'name'>,
    { code }: EntryOutcome,
  ): Promise<EntryOutcome | undefined> {
    if (code !== 'CONNECTOR_NAME_TAKEN' && code !== 'CONNECTOR_LIMIT_REACHED') return undefined;
    const connectors = await allConnectors(this.#deps.connectors, identity);
    const lower = name.toLowerCase();
    const namesakes = connectors.filter(
      ({ name: taken, source }) => source === 'own' && taken.toLowerCase() === lower,
    );
    const twin = findConnected([candidate], namesakes).get(candidate);
    return twin === undefined ? undefined : alreadyConnected(twin.id);
  }
}

interface NamedCandidate {
  candidate: Candidate;
  name: string;
  /** The id of the connector that it is already. */
  connected: Connector['id'] | undefined;
}

function toCandidate(
  found: FoundServer,
  decision: EntryDecision,
  chosenName: string | undefined,
): Candidate {
  return {
    found,
    decision,
    chosenName,
    key: chosenName ?? found.key,
    serverUrl: addressOf(found, decision),
  };
}

/**
 * All entries of the file with what the user says to them, and the chosen ones in the order of the choices. What is not in the file, or is
 * chosen twice, has a report like any other.
 */
function choose(
  servers: readonly FoundServer[],
  choices: readonly ImportChoice[],
): { all: Candidate[]; chosen: Candidate[] } {
  const byPointer = new Map(choices.map((choice) => [choice.pointer, choice]));
  const ofFile = servers.map((found) => {
    const choice = byPointer.get(found.pointer);
    return toCandidate(found, choice ?? UNDECIDED, choice?.name);
  });
  const left = new Map(ofFile.map((candidate) => [candidate.found.pointer, candidate]));
  const seen = new Set<string>();
  const chosen = choices.map((choice) => {
    const { pointer, name } = choice;
    const fault = seen.has(pointer) ? 'CHOSEN_TWICE' : 'NOT_IN_FILE';
    const candidate = left.get(pointer);
    left.delete(pointer);
    seen.add(pointer);
    return candidate ?? toCandidate(missingServer(pointer, fault), choice, name);
  });
  return { all: [...new Set([...ofFile, ...chosen])], chosen };
}

function missingServer(pointer: string, code: 'NOT_IN_FILE' | 'CHOSEN_TWICE'): FoundServer {
  return { pointer, place: undefined, key: '', entry: { kind: 'refused', code } };
}

/** What a sign-in starts with, unless something of the address is, or may be, a secret. */
function signInOf(
  { verdict }: EntryOutcome,
  of: { description: EntryDescription; decision: EntryDecision; draft: ConnectorDraft },
): Pick<EntryOutcome, 'signIn'> {
  const isPlain =
    !of.decision.values.has(URL_SECRET) &&
    of.description.secrets.every(({ place }) => place !== 'url');
  if (verdict !== 'needs_sign_in' || !isPlain) return {};
  const { name, serverUrl, transport } = of.draft;
  return { signIn: { name, serverUrl, transport } };
}

function alreadyConnected(connectorId: string): EntryOutcome {
  return { verdict: 'already_connected', connectorId };
}
