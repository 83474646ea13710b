import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { contractDocument as agentDocument } from '../../src/contract/agent-generated-document.ts';
import { contractDocument } from '../../src/contract/generated-document.ts';
import { documentedOperations, type Node } from './contract-document.ts';

/** Names the file in which the test processes note what they saw. */
const VARIABLE = 'CONTRACT_COVERAGE_FILE';

/** Notes that an operation answered with a status, while {@link startContractCoverage} is under way. */
export function recordSeen(operationId: string, status: number): void {
  const file = process.env[VARIABLE];
  // One short line each, so that processes can append at the same time.
  if (file !== undefined) appendFileSync(file, `${operationId} ${status}\n`);
}

/** Every (operation, status) pair of the contracts that is not among the seen ones. */
export function findUnseen(seen: ReadonlySet<string>): string[] {
  return [contractDocument, agentDocument]
    .flatMap((document: Node) => documentedOperations(document))
    .flatMap(({ operationId, responses }) =>
      Object.keys(responses).map((status) => `${operationId} ${status}`),
    )
    .filter((pair) => !seen.has(pair));
}

/** For the global set-up of the tests: collects over all test files, and returns what ends it. */
export function startContractCoverage(): () => string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'contract-coverage-'));
  const file = path.join(folder, 'seen.txt');
  appendFileSync(file, '');
  process.env[VARIABLE] = file;
  return () => {
    const seen = new Set(readFileSync(file, 'utf8').split('\n'));
    rmSync(folder, { recursive: true });
    delete process.env[VARIABLE];
    return findUnseen(seen);
  };
}
