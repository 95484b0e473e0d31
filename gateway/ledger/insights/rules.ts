/** The numbers that insights follow. What computes them and what says them read them here. */

/** Fewer people than these are no group: what they do would be told of one of them. */
export const LEAST_PEOPLE = 5;

/** Days of an insight, where nobody says otherwise. */
export const USUAL_DAYS = 28;
export const MOST_DAYS = 366;

/** Bounds of `input_size_of` and `output_size_of` in the store: tokens read and written. */
export const INPUT_BOUNDS = [1_024, 4_096] as const;
export const OUTPUT_BOUNDS = [256, 1_024] as const;

/** A call is small that reaches fewer bounds than these. */
export const SMALL_INPUT_SIZE = 2;
export const SMALL_OUTPUT_SIZE = 1;
export const SMALL_INPUT = INPUT_BOUNDS[SMALL_INPUT_SIZE - 1] as number;
export const SMALL_OUTPUT = OUTPUT_BOUNDS[SMALL_OUTPUT_SIZE - 1] as number;
/** A model is the dearer one whose tokens cost at least so many times those of the cheapest, read and written alike. */
export const DEARER = 2;

/** Of the end of the time that is looked at: by quarters of an hour, which are many rows. */
export const DAYS_OF_HOURS = 31;

export const IDLE_DAYS = 30;

/** Weeks since the first key of a person until they are experienced; the store tells twelve apart. */
export const NEW_WEEKS = 4;

/** Days whose whole budget windows are looked at: two calendar months have no more. */
export const BUDGET_DAYS = 62;
/** Shares of a budget that a window came to. */
export const FULL_SHARE = 0.9;
export const UNUSED_SHARE = 0.1;
/** Share of the windows with calls that have to be full for a budget to be tight. */
export const TIGHT_WINDOWS = 0.25;
export const TIGHT_FACTOR = 1.5;
export const UNUSED_FACTOR = 2;

/** Rows of a list; how many there are is told. */
export const MOST_LISTED = 100;
