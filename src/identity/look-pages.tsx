/** How the organisation's documents look: logo and colour. */
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { Section } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { CheckboxField, FileField, TextField } from '../ui/field.tsx'
import { Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import type { View } from '../ui/view.ts'
import { answerLogo } from './api.ts'
import { changeLook } from './commands.ts'
import { LookInput } from './look.ts'
import { getOrganisation, type OrganisationRow } from './store.ts'

export function lookPages(app: App): void {
  app.get('/organisations/:id/logo', requires('organisation.read'), (c) => answerLogo(c, c.req.param('id')))
  app.get('/organisations/:id/look', requires('organisation.manage'), async (c) => {
    const organisation = await loadOwn(c, c.req.param('id'))
    if (organisation === null) return c.notFound()
    const state = { values: { accent: organisation.accent ?? '' }, errors: [] }
    return show(c, <LookPage view={viewFor(c)} organisation={organisation} state={state} />)
  })
  app.post('/organisations/:id/look', requires('organisation.manage'), (c) => {
    const id = c.req.param('id')
    return answerForm(c, {
      schema: LookInput.pick({ accent: true }),
      kinds: {},
      assemble: ({ accent }) => ({ accent }),
      act: async ({ accent }, ctx) => {
        const { logo: file, remove } = await c.req.parseBody()
        const logo = file instanceof File && file.size > 0 ? await base64Of(file) : remove ? null : undefined
        await changeLook(ctx, id, logo === undefined ? { accent } : { accent, logo })
        return `/organisations/${id}/look?done=look_changed`
      },
      page: async (state) => {
        const organisation = await loadOwn(c, id)
        return <LookPage view={viewFor(c)} organisation={organisation!} state={state} />
      },
    })
  })
}

/** Null where it is not one's own to change. @throws Refusal `not_found` */
async function loadOwn(c: C, id: string): Promise<OrganisationRow | null> {
  const ctx = c.get('ctx')
  const row = await transact(ctx, (tx) => getOrganisation(tx, id))
  const own = organisationOf(ctx.actor)
  return row.id === own || row.region_id === own ? row : null
}

/** What is far too large is not read; the command says so of what is somewhat. */
async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.slice(0, 300_000).arrayBuffer())
  let binary = ''
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(binary)
}

function LookPage({ view, organisation: it, state }: { view: View; organisation: OrganisationRow; state: FormState }) {
  const { t } = view
  return (
    <Layout
      view={view}
      active="/organisations"
      title={t('look.title')}
      lead={t('look.lead')}
      breadcrumbs={[
        { href: '/organisations', text: t('organisation.list') },
        { href: `/organisations/${it.id}`, text: it.name },
      ]}
    >
      <Section title={t('look.now')}>
        <LookBand accent={it.accent} />
        {it.logo_hash === null ? (
          <p>{t('look.no_logo')}</p>
        ) : (
          <img
            src={`/organisations/${it.id}/logo?hash=${it.logo_hash}`}
            alt={t('look.logo_of', { name: it.name })}
            height="64"
          />
        )}
      </Section>
      <Form action={`/organisations/${it.id}/look`} state={state} files>
        <TextField
          name="accent"
          label={t('look.accent')}
          hint={t('look.accent_hint')}
          width="short"
          maxlength={7}
          optional
        />
        <FileField
          name="logo"
          label={t('look.logo')}
          hint={t('look.logo_hint')}
          accept="image/png,image/jpeg"
          optional
        />
        {it.logo_hash !== null && <CheckboxField name="remove" label={t('look.remove')} />}
        <Actions>
          <Button>{t('action.save')}</Button>
          <LinkButton href={`/organisations/${it.id}`} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

/** The colour of an organisation's documents, as it stands above them; an attribute, since a page may hold no style of its own. */
export function LookBand({ accent }: { accent: string | null }) {
  if (accent === null) return null
  return (
    <svg width="100%" height="6" aria-hidden="true" focusable="false">
      <rect width="100%" height="6" rx="3" fill={accent} />
    </svg>
  )
}
