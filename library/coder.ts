/** The bindings of the Terraform provider coder/coder, for constructs of one's own. */
export * from '../constructs/workspace/coder';
