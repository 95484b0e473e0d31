import { readFileSync } from 'node:fs';
import type { GatewayDocument } from '../../gateway/config/document';
import type { Change } from '../../release/diff/change';
import { comparePolicies } from '../../release/diff/policy/compare-policies';
import { SNAPSHOT } from './support';

type Mutable<T> = T extends readonly (infer U)[]
  ? Mutable<U>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;

export type EditableDocument = Mutable<GatewayDocument>;
export type DocumentEdit = (document: EditableDocument) => unknown;

/** The committed document of the template as we ship it, as text, after some edits. */
export function editedDocument(edit: DocumentEdit = () => undefined): string {
  const document = JSON.parse(readFileSync(`${SNAPSHOT}.gateway.json`, 'utf8')) as EditableDocument;
  edit(document);
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** What it means that the committed document becomes another one. */
export const policyChangesBy = (edit: DocumentEdit, older?: DocumentEdit): Change[] =>
  comparePolicies(
    { origin: 'old', text: editedDocument(older) },
    { origin: 'new', text: editedDocument(edit) },
  );

export function modelNamed(document: EditableDocument, name: string): EditableDocument['models'][number] {
  const model = document.models.find((one) => one.name === name);
  if (model === undefined) throw new Error(`there is no model ${name}: mend the test`);
  return model;
}
