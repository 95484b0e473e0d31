/** Strings go on as the client wrote them, and whoever reads them reads what the gateway read. */
import fc from 'fast-check';
import { findSentStrings } from '../../gateway/json/find-sent-strings';
import { LEAST_LENGTH, type SentStrings } from '../../gateway/json/sent-strings';
import { writeJsonMembers } from '../../gateway/json/write-members';
import { jsonTexts } from './json-text';

const NAMES = ['content', 'text', 'messages', '1', '__proto__', ''];
const LONG = 'a long text '.repeat(20);
const OTHER = 'another text'.repeat(20);

const find = (text: string, names = ['messages']): SentStrings =>
  findSentStrings(text, JSON.parse(text), names);
const write = (fields: object, strings: SentStrings, names = ['messages']): string =>
  String(writeJsonMembers(fields, strings, names));
/** The same text, with an escape that `JSON.stringify` never makes. */
const escaped = (value: string): string =>
  `"\\u${value.charCodeAt(0).toString(16).padStart(4, '0')}${JSON.stringify(value.slice(1)).slice(1)}`;

describe('the long strings of a body', () => {
  it('are found as the client wrote them', () => {
    const strings = find(`{"messages": [ {"role" : "user", "content" : ${escaped(LONG)} } ]}`);
    expect(strings.jsonOf(LONG)).toBe(escaped(LONG));
    expect(strings.jsonOf(OTHER)).toBeUndefined();
  });

  it.each([
    ['at the top', `{"messages":[${escaped(LONG)}],"messages":["${OTHER}"]}`],
    ['at the top, apart', `{"messages":["${OTHER}"],"tools":[1,{"a":"]"}],"messages":[${escaped(LONG)}]}`],
    ['in a message', `{"messages":[{"content":"${OTHER}","content":${escaped(LONG)}}]}`],
    ['by a name in escapes', `{"messages":[{"content":"${OTHER}","c\\u006fntent":${escaped(LONG)}}]}`],
    ['in one message of many', `{"messages":["${OTHER}",{"a":1,"a":2}]}`],
  ])('are none where a member comes twice: %s', (_, text) => {
    expect(find(text).isEmpty).toBe(true);
  });

  it('are not looked for outside the members named, nor where they are few', () => {
    expect(find(`{"tools":["${LONG}"]}`).isEmpty).toBe(true);
    expect(find(`{"tools":["${OTHER}${OTHER}${LONG}"],"messages":["${OTHER}"]}`).isEmpty).toBe(true);
  });

  it('are bounded in how many of one length are compared', () => {
    const all = Array.from({ length: 100 }, (_, index) => `${'x'.repeat(LEAST_LENGTH)}${100 + index}`);
    const strings = find(JSON.stringify({ messages: all }));
    expect(all.filter((each) => strings.jsonOf(each) !== undefined).length).toBe(8);
  });

  it('are passed over where they lie deep', () => {
    const deep = `${'['.repeat(40)}"${OTHER}"${']'.repeat(40)}`;
    const text = `{"messages":["${OTHER}${OTHER}${OTHER}",${deep}]}`;
    const strings = find(text);
    expect(strings.jsonOf(OTHER + OTHER + OTHER)).toBeDefined();
    expect(strings.jsonOf(OTHER)).toBeUndefined();
    expect(write(JSON.parse(text) as object, strings)).toBe(text.slice(1, -1));
  });
});

describe('a body with strings as the client wrote them', () => {
  it('has what was changed as it was changed', () => {
    const text = `{"messages":[{"role":"user","content":${escaped(LONG)}},{"content":${escaped(OTHER)}}]}`;
    const messages = [
      { role: 'user', content: LONG.trimEnd() },
      { content: OTHER, extra: undefined },
    ];
    const written = write({ messages, none: undefined }, find(text));
    expect(written).toBe(
      `"messages":[{"role":"user","content":${JSON.stringify(LONG.trimEnd())}},{"content":${escaped(OTHER)}}]`,
    );
  });

  it('has empty lists and objects, and text blocks in the order of their members', () => {
    const strings = find(`{"messages":["${OTHER}"]}`);
    const messages = [[], {}, { text: OTHER, type: 'text' }, { type: 'text', text: OTHER }, undefined, null];
    const body = { messages, tools: [{ name: OTHER }] };
    expect(`{${write(body, strings)}}`).toBe(JSON.stringify(body));
    expect(write({}, strings)).toBe('');
  });

  it('says the same as one that is written anew, whatever the client wrote', () => {
    let spliced = 0;
    fc.assert(
      fc.property(jsonTexts, (any) => {
        // As it comes by wire: half a surrogate pair, which is no UTF-8, only in escapes.
        const text = Buffer.from(any).toString();
        const parsed = JSON.parse(text) as object;
        const strings = findSentStrings(text, parsed, NAMES);
        if (!strings.isEmpty) spliced += 1;
        const written = `{${write(parsed, strings, NAMES)}}`;
        expect(JSON.stringify(JSON.parse(written))).toBe(JSON.stringify(parsed));
      }),
      { seed: 6, numRuns: 500 },
    );
    expect(spliced).toBeGreaterThan(100);
  });
});
