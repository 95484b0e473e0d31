/** One version of the gateway's document, and how reports name it. */
export interface PolicyVersion {
  /** `main`, `now`, a folder. */
  readonly origin: string;
  readonly text: string;
}
