/** What has become of the comments, in one line. */
import { several } from '../output/summary';
import type { Published } from './publish';

export function publishedText(title: string, published: Published): string {
  const { summary, added, unchanged, reopened, gone, resolved, inSummary } = published;
  const parts = [
    `summary ${summary}`,
    added === 0 ? '' : `${several(added, 'comment')} added`,
    unchanged === 0 ? '' : `${several(unchanged, 'comment')} there already`,
    reopened === 0 ? '' : `${several(reopened, 'comment')} opened again`,
    gone === 0 ? '' : `${several(gone, 'finding')} gone${resolved === 0 ? '' : `, ${resolved} resolved`}`,
    inSummary === 0 ? '' : `${several(inSummary, 'finding')} in the summary alone`,
  ];
  return `Comments on ${title}: ${parts.filter((part) => part !== '').join('; ')}.`;
}
