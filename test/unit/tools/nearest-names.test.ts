import fc from 'fast-check';
import leven from 'leven';
import { describe, expect, it } from 'vitest';
import { NearestNames, nearestNames } from '../../../src/modules/tools/nearest-names.ts';

const numbered = (count: number) =>
  Array.from({ length: count }, (_, i) => `connector-${i % 10}__a_tool_with_a_long_name_${i}`);

describe('the nearest names', () => {
  it.each([
    ['a__serch', ['a__search']],
    ['SEARCH', ['a__search']],
    ['search', ['a__search']],
    ['b__craete_issue', ['b__create_issue']],
    ['名前', []],
    ['nothing_like_any_of_them', []],
    ['', []],
  ])('%s is like %j', (wanted, expected) => {
    const names = ['b__create_issue', 'a__search', 'c__attachments'];
    expect(nearestNames(wanted, names)).toEqual(expected);
  });

  it('are five at most, the nearest first, and do not depend on the order of the names', () => {
    const names = numbered(40);
    const found = nearestNames('connector-3__a_tool_with_a_long_nmae_33', names);
    expect(found).toHaveLength(5);
    expect(found[0]).toBe('connector-3__a_tool_with_a_long_name_33');
    expect(nearestNames('connector-3__a_tool_with_a_long_nmae_33', names.reverse())).toEqual(found);
  });

  it('are those that a comparison of all letters finds, where the names are few', () => {
    const name = fc.stringMatching(/^[a-c]{1,3}__[a-c_]{1,6}$/);
    fc.assert(
      fc.property(name, fc.uniqueArray(name, { maxLength: 30 }), (wanted, names) => {
        const farthest = Math.max(2, Math.floor(wanted.length / 2));
        const distance = (one: string) =>
          Math.min(leven(wanted, one), leven(wanted, one.slice(one.indexOf('__') + 2)));
        const expected = names
          .map(distance)
          .filter((one) => one <= farthest)
          .sort((a, b) => a - b);
        expect(nearestNames(wanted, names).map(distance)).toEqual(expected.slice(0, 5));
      }),
    );
  });

  it('of many names among many tools cost no time that others would notice', () => {
    const nearest = new NearestNames(numbered(5000));
    const before = process.cpuUsage();
    for (let i = 0; i < 64; i += 1) nearest.of(`cxnnectxr-x__x_txxl_wxth_x_lxng_nxme_${i}`);
    const { user, system } = process.cpuUsage(before);
    // Compared letter by letter they took ten seconds.
    expect((user + system) / 1000).toBeLessThan(2_000);
  });
});
