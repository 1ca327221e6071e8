/** Notices for people: all of them, opening one, and how one is told by e-mail. */
import { transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import { Empty } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton, PostButton } from '../ui/button.tsx'
import { RadioField } from '../ui/field.tsx'
import { emptyForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Pagination } from '../ui/ways.tsx'
import { openNotice, readAllNotices, readerOf, readPreferences, setNoticePreferences } from './commands.ts'
import { groupCodes, PreferencesInput, ways } from './notice.ts'
import { listTold } from './store.ts'
import { ToldTable } from './told-list.tsx'

export function noticesPages(app: App): void {
  app.get('/notices', requires('signed_in'), async (c) => show(c, await listPage(c)))
  app.get('/notices/preferences', requires('signed_in'), async (c) => show(c, await preferencesPage(c, emptyForm)))
  app.post('/notices/preferences', requires('signed_in'), (c) =>
    answerForm(c, {
      schema: PreferencesInput,
      kinds: {},
      act: async (input) => {
        await setNoticePreferences(c.get('ctx'), input)
        return '/notices/preferences?done=notice_preferences_set'
      },
      page: (state) => preferencesPage(c, state),
    }),
  )
  app.get('/notices/read', requires('signed_in'), (c) => c.redirect('/notices', 303))
  app.post('/notices/read', requires('signed_in'), async (c) => {
    await readAllNotices(c.get('ctx'))
    return c.redirect('/notices?done=notices_read', 303)
  })
  app.get('/notices/:id', requires('signed_in'), async (c) =>
    c.redirect(await openNotice(c.get('ctx'), c.req.param('id')), 303),
  )
}

async function listPage(c: C) {
  const ctx = c.get('ctx')
  const view = viewFor(c)
  const { t } = view
  const cursor = readCursor(c.req.query('cursor'), ['id'])
  const page = { unread: false, limit: rowsOnPage, after: cursor?.[0] ?? null }
  const rows = await transact(ctx, (tx) => listTold(tx, readerOf(ctx), page))
  const { items: shown, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.id])
  return (
    <Layout
      view={view}
      title={t('told.title')}
      actions={
        <>
          <LinkButton href="/notices/preferences">{t('told.preferences')}</LinkButton>
          {shown.some((row) => row.read_at === null) && (
            <PostButton action="/notices/read" label={t('told.all_read')} kind="quiet" />
          )}
        </>
      }
    >
      {shown.length === 0 ? (
        <Empty title={t('told.none')} icon="home">
          {t('told.none_text')}
        </Empty>
      ) : (
        <ToldTable view={view} notices={shown} />
      )}
      <Pagination {...waysOf('/notices', cursor, next_cursor)} />
    </Layout>
  )
}

async function preferencesPage(c: C, state: FormState) {
  const view = viewFor(c)
  const { t } = view
  const chosen = await readPreferences(c.get('ctx'))
  return (
    <Layout
      view={view}
      title={t('told.preferences')}
      lead={t('told.preferences_lead', { email: c.get('signed_in')?.email ?? '' })}
      breadcrumbs={[{ href: '/notices', text: t('told.title') }]}
    >
      <Form action="/notices/preferences" state={state}>
        {groupCodes.map((group) => (
          <RadioField
            name={group}
            label={t(`told.group.${group}`)}
            options={ways.map((way) => ({ value: way, label: t(`told.way.${way}`) }))}
            value={chosen[group]}
          />
        ))}
        <Actions>
          <Button>{t('action.save')}</Button>
        </Actions>
      </Form>
    </Layout>
  )
}
