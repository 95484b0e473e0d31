/** The bindings of the Terraform provider kreuzwerker/docker, for constructs of one's own. */
export * from '../constructs/common/docker';
