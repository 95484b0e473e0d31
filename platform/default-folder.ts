/** Where a platform is kept unless `--folder` names another place; git passes it by. */
export const DEFAULT_FOLDER = '.data/platform';
