export const FORMATS = ['text', 'markdown', 'json', 'sarif', 'code-quality', 'rdjson'] as const;
export type Format = (typeof FORMATS)[number];
