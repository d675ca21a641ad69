export { SMALL } from './small.ts'
