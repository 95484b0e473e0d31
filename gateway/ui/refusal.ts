/** What a page cannot do for whoever asks, in words: for people, so it is not of the table of errors that clients read. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    message: string,
    /** Where to go on. */
    readonly link?: { readonly href: string; readonly label: string },
  ) {
    super(message);
  }
}

export const pageUnknown = (): Refusal =>
  new Refusal(404, 'There is no such page', 'The address may be mistyped, or of another version.', {
    href: '/ui',
    label: 'Go to the overview',
  });
