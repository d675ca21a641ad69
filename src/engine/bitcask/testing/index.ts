/** bitcask/testing: limits, stores and disks for the tests of this folder, and nothing else. */
export { SMALL } from './small.ts'
