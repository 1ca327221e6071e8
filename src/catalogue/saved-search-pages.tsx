/** Saved searches for people: keeping one from the catalogue, and what of them is free now. */
import { transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { Card, Cards, Empty, More, Section } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton, PostButton } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { emptyForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Badge } from '../ui/status-badge.tsx'
import type { View } from '../ui/view.ts'
import { addressOf, SavedFilter, SavedSearchInput } from './saved-search.ts'
import { readSaved, removeSearch, saveSearch } from './saved-search-commands.ts'
import { getSaved, type SavedSearchRow } from './saved-search-store.ts'

const filterNames = Object.keys(SavedFilter.shape) as (keyof SavedFilter)[]

export function savedSearchPages(app: App): void {
  app.get('/catalogue/saved', requires('signed_in'), async (c) => show(c, await listPage(c, emptyForm)))
  app.post('/catalogue/saved', requires('signed_in'), (c) =>
    answerForm(c, {
      schema: SavedSearchInput,
      kinds: {},
      assemble: ({ name, ...values }) => ({
        name,
        filter: Object.fromEntries(filterNames.map((each) => [each, values[each] ?? ''])),
      }),
      act: async (input) => {
        await saveSearch(c.get('ctx'), input)
        return '/catalogue/saved?done=search_saved'
      },
      page: (state) => listPage(c, state),
    }),
  )
  app.get('/catalogue/saved/:id', requires('signed_in'), async (c) => {
    const { filter } = await transact(c.get('ctx'), (tx) => getSaved(tx, c.req.param('id')))
    return c.redirect(addressOf(filter), 303)
  })
  app.get('/catalogue/saved/:id/remove', requires('signed_in'), async (c) => {
    await transact(c.get('ctx'), (tx) => getSaved(tx, c.req.param('id')))
    return c.redirect('/catalogue/saved', 303)
  })
  app.post('/catalogue/saved/:id/remove', requires('signed_in'), async (c) => {
    await removeSearch(c.get('ctx'), c.req.param('id'))
    return c.redirect('/catalogue/saved?done=search_removed', 303)
  })
}

async function listPage(c: C, state: FormState) {
  const ctx = c.get('ctx')
  const view = viewFor(c)
  const { t } = view
  const searches = await transact(ctx, (tx) => readSaved(tx, ctx))
  return (
    <Layout
      view={view}
      active="/catalogue"
      title={t('saved.title')}
      lead={t('saved.lead')}
      breadcrumbs={[{ href: '/catalogue', text: t('catalogue.title') }]}
    >
      {state.errors.length > 0 && <SaveForm view={view} state={state} filter={filterIn(state)} />}
      {searches.length === 0 ? (
        <Empty title={t('saved.none')} icon="search" action={{ href: '/catalogue', text: t('saved.to_catalogue') }}>
          {t('saved.none_text')}
        </Empty>
      ) : (
        <SavedCards view={view} searches={searches} removes />
      )}
    </Layout>
  )
}

function filterIn({ values }: FormState): Record<string, string> {
  return Object.fromEntries(filterNames.map((name) => [name, String(values[name] ?? '')]))
}

function SavedCards({
  view,
  searches,
  removes = false,
}: {
  view: View
  searches: SavedSearchRow[]
  removes?: boolean
}) {
  const { t } = view
  return (
    <Cards>
      {searches.map((search) => (
        <Card
          title={search.name}
          href={`/catalogue/saved/${search.id}`}
          status={
            <Badge tone={search.offers > 0 ? 'good' : 'quiet'}>{t('saved.offers', { count: search.offers })}</Badge>
          }
          {...(removes && {
            footer: (
              <PostButton action={`/catalogue/saved/${search.id}/remove`} label={t('saved.remove')} kind="quiet" />
            ),
          })}
        >
          {t('saved.places', { count: search.places })}
        </Card>
      ))}
    </Cards>
  )
}

/** On the first page: what one waits for, and how much of it is free now. */
export function SavedSection({ view, searches }: { view: View; searches: SavedSearchRow[] }) {
  const { t } = view
  if (searches.length === 0) return null
  return (
    <Section title={t('saved.title')} actions={<LinkButton href="/catalogue/saved">{t('saved.all')}</LinkButton>}>
      <SavedCards view={view} searches={searches} />
    </Section>
  )
}

/** On the catalogue: keeps what is looked for. Only for people who have signed in and have narrowed the list. */
export function SaveSearch({
  view,
  filter,
  narrowed,
}: {
  view: View
  filter: Record<string, string>
  narrowed: boolean
}) {
  if (view.person === null || !narrowed) return null
  return (
    <More label={view.t('saved.save')}>
      <SaveForm view={view} state={emptyForm} filter={filter} />
    </More>
  )
}

function SaveForm({ view, state, filter }: { view: View; state: FormState; filter: Record<string, string> }) {
  const { t } = view
  const fields = Object.fromEntries(filterNames.map((name) => [name, filter[name] ?? '']))
  return (
    <Form action="/catalogue/saved" state={state} fields={fields} id="save-search">
      <TextField name="name" label={t('saved.name')} hint={t('saved.name_hint')} maxlength={80} />
      <Actions>
        <Button kind="secondary">{t('saved.save')}</Button>
      </Actions>
    </Form>
  )
}
