/** What killing processes cannot show, said wherever its results are. */
export const notShown =
  "SIGKILL ends a process, not a machine: what it wrote is still in the operating system's memory, and reaches the disk. " +
  'Power loss, a disk that lies about fsync, a torn page and a lost database are not shown here; what of a commit survives ' +
  "them is PostgreSQL's promise and that of the disk below it. Nor is a venue other than the simulator, whose faults are " +
  'those that are known of real ones.'

/**
 * So many orders may wait to be sent for each worker; then nothing more is planned until some have left. A machine that is
 * busy with starting killed workers carries less: what is measured is the program, and not a line before it.
 */
export const waitingPerWorker = 2
