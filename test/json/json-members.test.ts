import { JsonMembers, jsonPart } from '../../gateway/json/json-members';

const members = (): JsonMembers =>
  new JsonMembers(['"text":"', 'héllo 🌍', '","number":', '1'].map(jsonPart));
const WHOLE = { model: 'm', text: 'héllo 🌍', number: 1 };

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
    expect(JSON.parse(first.toString())).toEqual(WHOLE);
    expect(JSON.parse(second.toString())).toEqual({ ...WHOLE, model: 'another', stream: true });
    expect(String(written)).toBe('"text":"héllo 🌍","number":1');
  });
});
