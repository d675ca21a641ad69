import { testWhatIsShown } from './documents.ts'

testWhatIsShown('docs/guide/start.md')
