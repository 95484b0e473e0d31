import { canMeet, isPresent, shown, type Block } from './block';
import type { Rule } from './rule';

const about = 'resource coder_app';

const SLUG = /^[a-z0-9](-?[a-z0-9])*$/;

/** The most characters an argument may have. */
const LONGEST = { display_name: 64, group: 64, tooltip: 2048 };

const isWritten = (app: Block, argument: string): boolean => isPresent(app.get(argument));

/** Arguments that may not stand together, whatever their values. */
const conflicts = (app: Block, argument: string, others: readonly string[]): string[] =>
  isWritten(app, argument)
    ? others
        .filter((other) => isWritten(app, other))
        .map(
          (other) =>
            `${argument} and ${other} exclude each other by being there, got ${shown(app.get(argument))} and ` +
            `${shown(app.get(other))}: leave one of them out`,
        )
    : [];

/** An app in the dashboard. */
export const APP_RULES: readonly Rule[] = [
  {
    id: 'app/target',
    about,
    check: (app) =>
      (['url', 'command'] as const).every(
        (argument) => !isWritten(app, argument) || app.text(argument) === '',
      )
        ? 'url or command must be given, got neither: the app would open nothing'
        : undefined,
  },
  {
    id: 'app/external-url',
    about,
    check: (app) =>
      app.get('external') === true && !isWritten(app, 'url')
        ? 'url must be given with external = true, got none: the dashboard has nothing to link to'
        : undefined,
  },
  {
    id: 'app/command-conflicts',
    about,
    check: (app) => conflicts(app, 'command', ['url', 'subdomain', 'healthcheck']),
  },
  {
    id: 'app/external-conflicts',
    about,
    check: (app) => conflicts(app, 'external', ['healthcheck', 'command', 'subdomain', 'share']),
  },
  {
    id: 'app/path-share',
    about,
    // Below a path it is on Coder's own origin, so whoever opens another person's app runs that person's scripts there.
    // https://coder.com/docs/reference/cli/server#--dangerous-allow-path-app-sharing
    check: (app) => {
      const share = app.text('share');
      return (share === 'authenticated' || share === 'public') &&
        app.get('subdomain') !== true &&
        app.get('external') !== true &&
        app.text('command') === undefined
        ? `share must be "owner" without subdomain = true, got ${shown(share)}: Coder shares no app below its own address ` +
            'unless it is told that this is dangerous; others get 404'
        : undefined;
    },
  },
  {
    id: 'app/slug',
    about,
    check: (app) => {
      const slug = app.text('slug');
      return slug === undefined || SLUG.test(slug)
        ? undefined
        : `slug must be lower case letters and digits, joined by single hyphens, got ${shown(slug)}`;
    },
  },
  {
    id: 'app/slug-unique',
    about,
    check: (app, stack) => {
      const slug = app.text('slug');
      if (slug === undefined) return undefined;
      // Coder holds slugs apart by template, not by agent.
      const other = stack.earlier(app, (one) => one.text('slug') === slug && canMeet(one, app));
      return (
        other && `slug ${shown(slug)} is taken by ${other.path} in this template: give the app another one`
      );
    },
  },
  {
    id: 'app/length',
    about,
    check: (app) =>
      Object.entries(LONGEST).flatMap(([argument, most]) => {
        const length = [...(app.text(argument) ?? '')].length;
        return length > most
          ? `${argument} must have at most ${most} characters, got ${length}: shorten it`
          : [];
      }),
  },
];
