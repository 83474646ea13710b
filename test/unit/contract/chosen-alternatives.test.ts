import { describe, expect, it } from 'vitest';
import { chosenByKnownValues } from '../../../scripts/contract/chosen-alternatives.ts';

/** A contract whose list comes in the shapes of these formats. */
function contract(...formats: string[]) {
  return {
    paths: {
      '/things': {
        get: {
          operationId: 'listThings',
          parameters: [
            { name: 'format', in: 'header', schema: { enum: ['other'] } },
            { name: 'format', in: 'query', schema: { enum: formats } },
          ],
        },
      },
    },
    Thing: {
      description: 'A thing.',
      'x-chosen-by': { operation: 'listThings', query: 'format', values: formats },
      anyOf: formats.map((format) => ({ $ref: `#/${format}` })),
    },
  };
}

describe('the contract as clients of an earlier one see it', () => {
  it('is itself where they know every value', () => {
    expect(chosenByKnownValues(contract('a', 'b'), contract('a', 'b'))).toEqual(contract('a', 'b'));
  });

  it('has only the shapes of the values they know', () => {
    const seen = chosenByKnownValues(contract('a', 'b', 'c'), contract('c', 'a'));
    expect(seen).toMatchObject({ Thing: { anyOf: [{ $ref: '#/a' }, { $ref: '#/c' }] } });
  });

  it('has the only shape they know in place of all', () => {
    const seen = chosenByKnownValues(contract('a', 'b'), contract('a'));
    expect(seen).toEqual({ ...contract('a', 'b'), Thing: { $ref: '#/a' } });
  });

  it('keeps all shapes where the operation or its parameter was not there', () => {
    expect(chosenByKnownValues(contract('a', 'b'), {})).toEqual(contract('a', 'b'));
  });

  it('still shows a change of a shape they know', () => {
    const changed = contract('a', 'b');
    changed.Thing.anyOf.shift();
    changed.Thing.anyOf.unshift({ $ref: '#/changed' });
    expect(chosenByKnownValues(changed, contract('a'))).toMatchObject({
      Thing: { $ref: '#/changed' },
    });
  });
});
