import { testWhatIsShown } from './documents.ts'

testWhatIsShown('docs/guide/production.md')
