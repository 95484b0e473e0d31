/** The gateway's document: what the program says now against what is in force, which only a person changes. */
import { readFileSync } from 'node:fs';
import { connect } from '../administration/admin-client';
import type { Candidate } from '../release/document/candidate';
import { differenceTo, inForceText, putInForce } from '../release/document/replace';
import { askAloud, canAsk } from './ask';
import { DEFAULT_FOLDER } from './default-folder';
import { documentFileOf } from './document-file';
import { gatewayPlaceIn } from './gateway-place';
import type { Step } from './steps';
import type { UpContext } from './up-context';

export const DOCUMENT: Step<UpContext> = {
  name: "Comparing the gateway's document with the one in force",
  ifItFails: 'What was in force still is. Run this again: everything else is there.',
  run: async (context, stop) => {
    const { folder, declared, words, say } = context;
    const client = connect({}, { place: gatewayPlaceIn(folder.path), stop });
    const document = JSON.parse(readFileSync(documentFileOf(declared), 'utf8')) as Candidate['document'];
    const { inForce, changes, report } = await differenceTo(client, { name: 'now', document });
    if (changes.length === 0) return 'they say the same';
    for (const line of report.trimEnd().split('\n')) say(`  ${line}`);
    const wanted =
      words.publish === true ||
      (canAsk() && isYes(await askAloud('  Shall this hold from now on? [y/N] ', stop)));
    if (!wanted) {
      context.unpublished = `contractor-workspace document publish${folderWord(words.folder)}`;
      return `the one in force stays as it is; to change it: ${context.unpublished}`;
    }
    const replacement = { path: '/document/publish', body: { document } };
    return inForceText(await putInForce(client, replacement, inForce, 'by contractor-workspace up'));
  },
};

const isYes = (answer: string): boolean => /^y(es)?$/i.test(answer.slice(0, 16));

const folderWord = (folder: string): string => (folder === DEFAULT_FOLDER ? '' : ` --folder ${folder}`);
