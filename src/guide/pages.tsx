/** The guide, for everybody: who does what, how a month is counted, and what the words mean. */
import type { Child, PropsWithChildren } from 'hono/jsx'
import { type App, requires } from '../http/app.ts'
import { show, viewFor } from '../http/pages.tsx'
import { Card, Cards, Prose, Section } from '../ui/blocks.tsx'
import { LinkButton } from '../ui/button.tsx'
import { DescriptionList } from '../ui/figures.tsx'
import { OpenLayout } from '../ui/layout.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { Tabs } from '../ui/ways.tsx'
import { type Chapter, chapters, quoted, type RuleInWords, rules, type Task, words } from './guide.ts'

type Part = 'tasks' | 'rules' | 'words'

export function guidePages(app: App): void {
  app.get('/guide', requires('public'), (c) => show(c, <TasksPage view={viewFor(c)} />))
  app.get('/guide/rules', requires('public'), (c) => show(c, <RulesPage view={viewFor(c)} />))
  app.get('/guide/words', requires('public'), (c) => show(c, <WordsPage view={viewFor(c)} />))
}

/** First the reader's own work, then what the others do. */
function TasksPage({ view }: { view: View }) {
  const { t, can } = view
  const own = ({ tasks }: Chapter) => tasks.some(({ permission }) => permission !== 'public' && can(permission))
  const names = Object.fromEntries(Object.entries(quoted).map(([name, key]) => [name, t(key)]))
  const inOrder = [...chapters.filter(own), ...chapters.filter((chapter) => !own(chapter))]
  return (
    <Frame view={view} part="tasks" lead={t('guide.lead')}>
      {inOrder.map(({ id, title, tasks }) => (
        <div id={id}>
          <Section title={t(title)}>
            <Cards>
              {tasks.map((task) => (
                <TaskCard task={task} names={names} />
              ))}
            </Cards>
          </Section>
        </div>
      ))}
    </Frame>
  )
}

/** The way to where it is done is shown to whoever may go there. */
function TaskCard({ task, names }: { task: Task; names: Record<string, string> }) {
  const { t, can } = useView()
  return (
    <Card
      title={t(task.title)}
      footer={
        can(task.permission) && <LinkButton href={task.href}>{t('guide.open', { place: t(task.place) })}</LinkButton>
      }
    >
      <Prose>
        <ol>
          {t(task.steps, names)
            .split('\n')
            .map((step) => (
              <li>{step}</li>
            ))}
        </ol>
      </Prose>
    </Card>
  )
}

function RulesPage({ view }: { view: View }) {
  const { t } = view
  return (
    <Frame view={view} part="rules" lead={t('guide.rules_lead')}>
      <Prose>
        <p>{t('guide.rounding')}</p>
      </Prose>
      {rules.map((rule) => (
        <div id={rule.id}>
          <Section title={`${rule.id}. ${t(rule.title)}`}>
            <Prose>
              <p>{t(rule.text)}</p>
              <Example rule={rule} />
            </Prose>
          </Section>
        </div>
      ))}
    </Frame>
  )
}

function Example({ rule: { example } }: { rule: RuleInWords }) {
  const { t, format } = useView()
  if (example === null) return null
  const figures = Object.fromEntries(
    Object.entries(example.figures).map(([name, amount]) => [name, format.money(amount)]),
  )
  return (
    <p>
      <strong>{t('guide.example')}.</strong> {t(example.text, figures)}
    </p>
  )
}

function WordsPage({ view }: { view: View }) {
  const { t, format } = view
  const items = words
    .map(({ term, meaning }) => ({ term: t(term), text: t(meaning) }))
    .sort((one, other) => format.compare(one.term, other.term))
  return (
    <Frame view={view} part="words" lead={t('guide.words_lead')}>
      <DescriptionList items={items} />
    </Frame>
  )
}

function Frame({ view, part, lead, children }: PropsWithChildren<{ view: View; part: Part; lead: Child }>) {
  const { t } = view
  return (
    <OpenLayout view={view} title={t('guide.title')} lead={lead}>
      <Tabs
        label={t('guide.parts')}
        tabs={[
          { href: '/guide', text: t('guide.tasks'), current: part === 'tasks' },
          { href: '/guide/rules', text: t('guide.rules'), current: part === 'rules' },
          { href: '/guide/words', text: t('guide.words'), current: part === 'words' },
        ]}
      />
      {children}
    </OpenLayout>
  )
}
