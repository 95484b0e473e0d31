/** Says as JSON, for each text of a list on stdin, what secretlint's recommended preset finds in it: pieces of the text. */
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';

const config = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] };
let sent = '';
for await (const piece of process.stdin) sent += piece;
const found = [];
for (const content of JSON.parse(sent)) {
  const { messages } = await lintSource({
    source: { content, filePath: 'text.txt', contentType: 'text' },
    options: { config },
  });
  found.push(messages.map(({ range: [from, to] }) => content.slice(from, to)));
}
process.stdout.write(JSON.stringify(found));
