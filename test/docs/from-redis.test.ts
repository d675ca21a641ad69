import { testWhatIsShown } from './documents.ts'

testWhatIsShown('docs/guide/from-redis.md')
