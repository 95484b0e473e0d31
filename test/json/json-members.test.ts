import fc from 'fast-check';
import { JsonMembers } from '../../gateway/json/json-members';

const WHOLE = { text: 'héllo 🌍', number: 1 };
const members = (): JsonMembers => new JsonMembers(WHOLE);

describe('members that are written once', () => {
  it('are as long as their UTF-8 text', () => {
    expect(String(members())).toBe('"text":"héllo 🌍","number":1');
    expect(members().length).toBe(Buffer.byteLength('"text":"héllo 🌍","number":1'));
  });

  it('come after others, of any length', () => {
    for (const name of ['m', 'é'.repeat(200), 'm'.repeat(10_000)])
      expect(JSON.parse(members().after(`{"model":"${name}",`).toString())).toEqual({
        ...WHOLE,
        model: name,
      });
  });

  it('come after others again without a change to what is being sent', () => {
    const written = members();
    const first = written.after('{"model":"m",');
    const sent = Buffer.from(first);
    const second = written.after('{"model":"another","stream":true,');
    expect(first.equals(sent)).toBe(true);
    expect(JSON.parse(first.toString())).toEqual({ ...WHOLE, model: 'm' });
    expect(JSON.parse(second.toString())).toEqual({ ...WHOLE, model: 'another', stream: true });
    expect(String(written)).toBe('"text":"héllo 🌍","number":1');
  });

  it('are what JSON.stringify writes of the same values', () => {
    const text = fc.constantFrom('', 'a', '"', '\\', '\n', 'é', '€', '😀', '\ud800', '__proto__', 'toJSON');
    const entry = fc.oneof(text, fc.jsonValue(), fc.constantFrom(undefined, -0, 1e21, null, [], {}, [[]]));
    const list = fc.oneof(
      { weight: 3, arbitrary: fc.array(entry, { maxLength: 4 }) },
      { weight: 1, arbitrary: fc.array(entry, { minLength: 15, maxLength: 50 }) },
    );
    const fields = fc.dictionary(fc.oneof(text, fc.string()), fc.oneof(entry, list), {
      minKeys: 1,
      maxKeys: 5,
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(fields, (each) => {
        const names = Object.keys(each);
        const written = new JsonMembers(each, names.slice(0, 2));
        const plain = JSON.stringify(each).slice(1, -1);
        // Nothing but members that are undefined.
        if (plain === '') return;
        // As it goes by wire: nothing in it that is no UTF-8.
        expect(String(written)).toBe(plain);
        expect(written.length).toBe(Buffer.byteLength(plain));
        const leading = names.slice(0, 2).map((name) => [name, each[name]]);
        const lead = JSON.stringify(Object.fromEntries(leading)).slice(1, -1);
        // Names that are numbers come first in any object.
        if (lead !== '' && plain.startsWith(lead)) {
          expect(written.lead.toString()).toBe(lead);
          expect(written.leadLength).toBe(Buffer.byteLength(lead));
          expect(written.leadAfter('{"m":1,').toString()).toBe(`{"m":1,${lead}}`);
        }
        expect(written.after('{').toString()).toBe(`{${plain}}`);
      }),
      { seed: 12, numRuns: 2_000 },
    );
  });
});
