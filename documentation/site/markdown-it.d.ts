/** As much of markdown-it as is used here: it brings no types of its own. */
declare module 'markdown-it' {
  export interface Token {
    type: string;
    tag: string;
    info: string;
    content: string;
    map: [number, number] | null;
    children: Token[] | null;
    attrGet(name: string): string | null;
    attrSet(name: string, value: string): void;
  }
  export default class MarkdownIt {
    constructor(options?: { html?: boolean; linkify?: boolean });
    parse(text: string, environment: object): Token[];
    renderer: { render(tokens: Token[], options: object, environment: object): string };
    options: object;
  }
}
