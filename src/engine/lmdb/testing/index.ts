/** engine/lmdb/testing: limits under which every test goes through many pieces of everything. */
export { SMALL } from './small.ts'
