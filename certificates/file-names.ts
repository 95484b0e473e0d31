/** What others have to know of the folder of certificates. */

/** All that has to be trusted, as PEM. Empty: the public authorities are enough. */
export const TRUSTED = 'trusted.pem';
