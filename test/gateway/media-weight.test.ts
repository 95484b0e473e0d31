import { weighMedia } from '../../gateway/model/media-weight';
import type { ContentBlock } from '../../gateway/model/request';

const weigh = (...content: unknown[]) =>
  weighMedia([{ role: 'assistant', content: content as ContentBlock[] }]);
const document = (source: object, extra: object = {}) => ({ type: 'document', source, ...extra });

describe('what a count may miss', () => {
  test.each<[string, unknown, number]>([
    ['text', { type: 'text', text: 'x' }, 0],
    ['an image of bytes', { type: 'image', source: { type: 'base64', data: 'AAAA' } }, 0],
    ['an image by its address', { type: 'image', source: { type: 'url', url: 'x' } }, 1],
    ['a packed document', document({ type: 'base64', data: 'AAAA' }), 0],
    ['a document by its address', document({ type: 'url', url: 'x' }), 1],
    ['a document of a kind nobody knows', document({ type: 'file', file_id: 'x' }), 1],
    ['one that may be cited', document({ type: 'text', data: 'x' }, { citations: { enabled: true } }), 1],
    ['one that may not', document({ type: 'text', data: 'x' }, { citations: { enabled: false } }), 0],
    ['a search result that may be cited', { type: 'search_result', content: [], citations: {} }, 1],
    [
      'what a tool gave back',
      { type: 'tool_result', content: [{ type: 'image', source: { type: 'url', url: 'x' } }] },
      1,
    ],
  ])('%s', (_, block, uncountable) => {
    expect(weigh(block).uncountable).toBe(uncountable);
  });

  test('earlier thoughts are known by their bytes', () => {
    const thought = { type: 'thinking', thinking: 'é'.repeat(100), signature: 's'.repeat(50) };
    const bytes = Buffer.byteLength(JSON.stringify(thought));
    const { thoughtBytes } = weigh(thought, { type: 'text', text: 'x' });
    expect(thoughtBytes).toBeGreaterThanOrEqual(bytes);
    expect(weigh(thought, { type: 'redacted_thinking', data: 'd'.repeat(30) }).thoughtBytes).toBeGreaterThan(
      thoughtBytes + 30,
    );
    expect(weigh({ type: 'thinking' }).thoughtBytes).toBeLessThan(100);
  });
});
