import { testWhatIsShown } from './documents.ts'

testWhatIsShown('docs/reference/rest.md')
