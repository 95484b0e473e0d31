/** Exact versions in the package.json of a new repository: those that this project is tested with. */
export const PINS = {
  cdktf: '0.21.0',
  constructs: '10.7.2',
  nodeTypes: '20.19.43',
  typescript: '5.9.3',
} as const;
