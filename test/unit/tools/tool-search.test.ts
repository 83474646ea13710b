import { describe, expect, it } from 'vitest';
import type { ToolSource } from '../../../src/modules/connectors/index.ts';
import { SEARCH_LIMITS } from '../../../src/modules/tools/index.ts';
import { ToolSnapshot } from '../../../src/modules/tools/tool-snapshot.ts';

interface Sample {
  description?: string;
  title?: string;
  parameters?: readonly string[];
}

function source(id: string, name: string, tools: Readonly<Record<string, Sample>>): ToolSource {
  return {
    id,
    projectId: undefined,
    name,
    slug: id,
    health: 'HEALTHY',
    fault: undefined,
    credentialGeneration: 1,
    discoveredAt: new Date(0),
    tools: Object.entries(tools).map(([tool, { description, title, parameters = [] }]) => ({
      id: `id-of-${tool}`,
      exposedName: `${id}__${tool}`,
      definition: {
        title,
        description,
        inputSchema: {
          type: 'object',
          properties: Object.fromEntries(parameters.map((one) => [one, {}])),
        },
        outputSchema: undefined,
        annotations: undefined,
      },
      definitionHash: 'd',
      state: 'approved',
      isWarned: false,
    })),
    held: [],
  };
}

const snapshot = new ToolSnapshot([
  source('gh', 'GitHub', {
    create_issue: {
      description: 'Opens a new ticket in a repository.',
      parameters: ['repository'],
    },
    listPullRequests: { description: 'Shows the pull requests.' },
    'delete-branch': { title: 'Remove a branch' },
  }),
  source('mail', 'Post office', {
    send: { description: 'Sends a message to somebody.', parameters: ['recipient', 'subject'] },
    search: { description: 'Finds messages by sender, date, or text.' },
  }),
  source('geo', 'Wetter', {
    vorhersage: { description: 'Größe und Menge: Niederschlag für Zürich' },
  }),
]);

const find = (query: string, limit = 10) =>
  snapshot.index.search(query, limit).map(({ tool }) => tool.name);

describe('a search finds a tool', () => {
  it.each([
    ['by its name', 'create issue', 'gh__create_issue'],
    ['by its whole name', 'gh__create_issue', 'gh__create_issue'],
    ['by a part of a name in camel case', 'pull', 'gh__listPullRequests'],
    ['by words in another order and case', 'BRANCH Delete', 'gh__delete-branch'],
    ['by its title', 'remove', 'gh__delete-branch'],
    ['by its description', 'ticket', 'gh__create_issue'],
    ['by a parameter', 'recipient', 'mail__send'],
    ['by the beginning of a word', 'messa', 'mail__send'],
    ['with a letter wrong', 'crate isue', 'gh__create_issue'],
    ['with letters exchanged', 'reciepient', 'mail__send'],
    ['in another alphabet', 'zürich', 'geo__vorhersage'],
    ['by a word with an umlaut, in capitals', 'GRÖSSE größe', 'geo__vorhersage'],
  ])('%s', (_how, query, expected) => {
    expect(find(query)[0]).toBe(expected);
  });

  it('of a connector by the name of that', () => {
    const ofGitHub = ['gh__create_issue', 'gh__delete-branch', 'gh__listPullRequests'];

    expect(find('github').toSorted()).toEqual(ofGitHub);
    expect(find('hub').toSorted()).toEqual(ofGitHub);
  });
});

describe('a search', () => {
  it('puts a tool that is named so before one that only mentions it', () => {
    expect(find('search')[0]).toBe('mail__search');
    expect(find('send')[0]).toBe('mail__send');
  });

  it('prefers what fits exactly to what nearly fits', () => {
    const index = new ToolSnapshot([source('a', 'A', { list: {}, lists: {}, listen: {} })]).index;

    expect(index.search('list', 1)[0]?.tool.name).toBe('a__list');
  });

  it.each(['', '   ', '!!!', '\u0000', 'xylophon', 'zz', '__'])('for %j finds nothing', (query) => {
    expect(find(query)).toEqual([]);
  });

  it('gives the same order each time, and equally good tools by name', () => {
    const tools = Object.fromEntries(['c', 'a', 'b'].map((key) => [key, { description: 'same' }]));
    const { index } = new ToolSnapshot([source('x', 'X', tools)]);

    const once = index.search('same', 10).map(({ tool }) => tool.name);

    expect(once).toEqual(['x__a', 'x__b', 'x__c']);
    expect(find('message')).toEqual(find('message'));
  });

  it('gives no more than it is asked for, nor than its limit', () => {
    const names = Array.from({ length: 200 }, (_, i) => `tool_${i}`);
    const tools = Object.fromEntries(names.map((key) => [key, { description: 'one of many' }]));
    const { index } = new ToolSnapshot([source('x', 'X', tools)]);

    expect(index.search('many', 3)).toHaveLength(3);
    expect(index.search('many', 1_000)).toHaveLength(SEARCH_LIMITS.matches);
  });

  it('looks for the first words only', () => {
    const noise = Array.from({ length: SEARCH_LIMITS.words }, (_, i) => `q${i}`).join(' ');

    expect(find(`${noise} ticket`)).toEqual([]);
    expect(find(`ticket ${noise}`)[0]).toBe('gh__create_issue');
  });

  it('does not depend on how much servers write', () => {
    const letters = (n: number) => [...`${n}`].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    const wordy = (count: number) => {
      const tools = Array.from({ length: count }, (_, tool): [string, Sample] => {
        const texts = Array.from({ length: 400 }, (_word, n) => letters(tool * 1_000 + n));
        return [`tool_${tool}`, { description: texts.join(' '), parameters: texts }];
      });
      return new ToolSnapshot([source('x', 'X', Object.fromEntries(tools))]).index;
    };

    // All different, and each tool has its number besides.
    expect(wordy(10).words).toBeGreaterThan(10 * SEARCH_LIMITS.description);
    for (const count of [100, 1_000]) {
      expect(wordy(count).words).toBeLessThan(SEARCH_LIMITS.toolset + count + 10);
    }
  });

  it('treats the names of the language as words', () => {
    const { index } = new ToolSnapshot([source('x', 'X', { constructor: {}, toString: {} })]);

    expect(index.search('constructor', 5)[0]?.tool.name).toBe('x__constructor');
    expect(index.search('__proto__ hasOwnProperty valueOf', 5)).toEqual([]);
  });
});
