/** Roles that must each have a process at work before the cluster counts as ready. */
export const workerRoles = ['signals', 'trading', 'orders', 'exits', 'accounts', 'monitor'] as const
