/** One page of the dashboard: where it is, what it shows, what its forms do. All of them are listed in `pages.ts`. */
import type { Role } from '../admin/admin-keys';
import type { Exchange } from '../http/exchange';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import type { Session } from './session';

/** Somebody looks at a page. */
export interface View {
  readonly services: Services;
  readonly exchange: Exchange;
  readonly session: Session;
  /** As the browser asked for it, without the query. */
  readonly path: string;
  /** What the path's `{names}` stand for. */
  readonly parts: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** What came of the form that the page is shown after. @default none was sent */
  readonly sent?: SentForm;
}

export interface SentForm {
  /** Name of the action. */
  readonly action: string;
  readonly words: URLSearchParams;
}

/** Somebody sent a form of a page. */
export interface Sent extends View {
  readonly sent: SentForm;
  /**
   * The services as the work of this form has to use them: its transaction is noted with the form, so that the same form
   * does nothing a second time.
   */
  readonly services: Services;
}

/** Where to look next, or what is shown this once. */
export type Outcome =
  | { readonly to: string }
  | { readonly title: string; readonly template: string; readonly data: Readonly<Record<string, unknown>> };

export interface Action {
  /** Least role that may do it. */
  readonly role: Role;
  /** Whether a second click is harmless by itself, so that the form need not be noted. @default false */
  readonly isHarmless?: boolean;
  /** Looked at first, in the same transaction. Throws a Refusal where what the form shows is not so any more. */
  readonly guard?: (statements: Statements, sent: SentForm, view: View) => Promise<void>;
  readonly run: (sent: Sent) => Promise<Outcome>;
}

export interface Page {
  /** `{name}` stands for one part of a path. */
  readonly path: string;
  /** Its name in the navigation. @default it is not there */
  readonly nav?: string;
  readonly title: string;
  /** File in `templates/`, without its ending. */
  readonly template: string;
  readonly load: (
    view: View,
  ) => Promise<Readonly<Record<string, unknown>>> | Readonly<Record<string, unknown>>;
  /** By the last part of the path that its form is sent to; the empty name is the page's own path. */
  readonly actions?: Readonly<Record<string, Action>>;
}

/** A file that a page offers, such as a table. It sends its own answer. */
export interface Download {
  readonly path: string;
  readonly send: (view: View) => Promise<void>;
}
