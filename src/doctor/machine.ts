import { statfsSync } from 'node:fs'
import { type Check, Ill } from './check.ts'

const leastFreeMb = 500

/** This machine: room on the disk of the data folder, and the Node that runs. */
export function machineChecks(home: string): Check[] {
  return [
    {
      id: 'disk',
      async examine() {
        const { bavail, bsize } = statfsSync(home, { bigint: false })
        const freeMb = Math.floor((bavail * bsize) / 1024 / 1024)
        if (freeMb < leastFreeMb)
          throw new Ill(`${freeMb} MB free in ${home}`, 'Make room, or move BULLPEN_HOME.')
        return `${freeMb} MB free`
      },
    },
    {
      id: 'versions',
      async examine() {
        return `Node ${process.versions.node}`
      },
    },
  ]
}
