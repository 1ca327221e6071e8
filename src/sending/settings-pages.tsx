/** How an organisation sends its documents: one form for each way. */
import type { Child } from 'hono/jsx'
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, type FieldKind, show, viewFor } from '../http/pages.tsx'
import type { Parts } from '../http/parts.ts'
import { getOrganisation } from '../identity/store.ts'
import { refuse } from '../refusal.ts'
import { Section } from '../ui/blocks.tsx'
import { Actions, Button } from '../ui/button.tsx'
import { CheckboxField, RadioField, TextField } from '../ui/field.tsx'
import { emptyForm, Fieldset, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import type { View } from '../ui/view.ts'
import { meansOf } from './api.ts'
import { ChannelInput, type SendingChannel, sendingChannels } from './channel.ts'
import { setSendingChannel } from './commands.ts'
import { type ChannelRow, channelsOf } from './store.ts'

export function settingsPages(app: App, parts: Parts): void {
  const means = meansOf(parts)
  const page = async (c: C, refused: SendingChannel | null, state: FormState) => {
    const ctx = c.get('ctx')
    const own = organisationOf(ctx.actor)
    const found = await transact(ctx, async (tx) => ({
      rows: await channelsOf(tx, own),
      folder: (await getOrganisation(tx, own)).code,
    }))
    const here = { email: means.outside.mail !== null, access_point: true, file_drop: true }
    const folderHere = means.outside.putFile !== null
    return (
      <SettingsPage view={viewFor(c)} {...found} here={here} folderHere={folderHere} refused={refused} state={state} />
    )
  }
  app.get('/sending/settings', requires('sending.configure'), async (c) => show(c, await page(c, null, emptyForm)))
  app.post('/sending/settings/:channel', requires('sending.configure'), (c) => {
    const channel = sendingChannels.find((each) => each === c.req.param('channel')) ?? refuse('not_found')
    return answerForm(c, {
      schema: ChannelInput,
      kinds: kindsOf[channel],
      assemble: (values) => ({ ...values, channel }),
      act: async (input, ctx) => {
        await setSendingChannel(ctx, means, input)
        return '/sending/settings?done=channel_saved'
      },
      page: (state) => page(c, channel, state),
    })
  })
}

const kindsOf: Record<SendingChannel, Record<string, FieldKind>> = {
  email: { active: 'boolean' },
  access_point: { active: 'boolean' },
  file_drop: { active: 'boolean', e_address: 'boolean' },
}

type Props = {
  view: View
  rows: ChannelRow[]
  /** the organisation's folder */
  folder: string
  here: Record<SendingChannel, boolean>
  folderHere: boolean
  refused: SendingChannel | null
  state: FormState
}

function SettingsPage({ view, rows, folder, here, folderHere, refused, state }: Props) {
  const { t } = view
  const shared = { view, folder, folderHere }
  return (
    <Layout
      view={view}
      title={t('sending.settings')}
      lead={t('sending.settings_lead')}
      breadcrumbs={[{ href: '/sending', text: t('sending.list') }]}
    >
      {sendingChannels.map((channel) => {
        const row = rows.find((each) => each.channel === channel)
        const fields = fieldsOf[channel]({ ...shared, settings: row?.settings ?? {}, kept: row?.secret != null })
        return (
          <Section
            title={
              <>
                {t(`sending.channel.${channel}`)}{' '}
                <Badge tone={row?.active ? 'good' : 'quiet'}>
                  {t(row?.active ? 'sending.active' : 'sending.inactive')}
                </Badge>
              </>
            }
            lead={t(`sending.lead.${channel}`)}
          >
            {here[channel] ? (
              <Form
                action={`/sending/settings/${channel}`}
                id={channel}
                state={refused === channel ? state : emptyForm}
              >
                {fields}
                <CheckboxField name="active" label={t('sending.active_label')} checked={row?.active ?? false} />
                <Actions>
                  <Button>{t('action.save')}</Button>
                </Actions>
              </Form>
            ) : (
              <Notice kind="info">{t('sending.not_here')}</Notice>
            )}
          </Section>
        )
      })}
    </Layout>
  )
}

type FieldsProps = {
  view: View
  settings: Record<string, unknown>
  folder: string
  folderHere: boolean
  /** a key is stored */
  kept: boolean
}
const textOf = (value: unknown) => (typeof value === 'string' ? value : '')

const fieldsOf: Record<SendingChannel, (props: FieldsProps) => Child> = {
  email: ({ view: { t }, settings }) => (
    <>
      <TextField
        name="from_address"
        label={t('sending.from_address')}
        type="email"
        value={textOf(settings.from_address)}
      />
      <TextField
        name="from_name"
        label={t('sending.from_name')}
        hint={t('sending.from_name_hint')}
        value={textOf(settings.from_name)}
        optional
      />
      <TextField
        name="reply_to"
        label={t('sending.reply_to')}
        type="email"
        value={textOf(settings.reply_to)}
        optional
      />
    </>
  ),
  access_point: ({ view: { t }, settings, kept }) => (
    <>
      <TextField name="url" label={t('sending.url')} type="url" width="full" value={textOf(settings.url)} />
      <TextField
        name="token"
        label={t('sending.token')}
        hint={t(kept ? 'sending.secret_set' : 'sending.secret_hint')}
        autocomplete="off"
        optional
      />
    </>
  ),
  file_drop: ({ view: { t }, settings, folder, folderHere, kept }) => (
    <>
      <RadioField
        name="place"
        label={t('sending.place')}
        value={textOf(settings.place) || (folderHere ? 'folder' : 's3')}
        options={[
          ...(folderHere ? [{ value: 'folder', label: t('sending.place.folder', { folder }) }] : []),
          { value: 's3', label: t('sending.place.s3') },
        ]}
      />
      <Fieldset legend={t('sending.place.s3')}>
        <TextField
          name="bucket_url"
          label={t('sending.bucket_url')}
          hint={t('sending.bucket_url_hint')}
          type="url"
          width="full"
          value={textOf(settings.bucket_url)}
          optional
        />
        <TextField name="region" label={t('sending.region')} value={textOf(settings.region)} optional />
        <TextField name="prefix" label={t('sending.prefix')} value={textOf(settings.prefix)} optional />
        <TextField
          name="access_key_id"
          label={t('sending.access_key_id')}
          value={textOf(settings.access_key_id)}
          autocomplete="off"
          optional
        />
        <TextField
          name="secret_access_key"
          label={t('sending.secret_access_key')}
          hint={t(kept ? 'sending.secret_set' : 'sending.secret_hint')}
          autocomplete="off"
          optional
        />
      </Fieldset>
      <CheckboxField
        name="e_address"
        label={t('sending.e_address')}
        hint={t('sending.e_address_hint')}
        checked={settings.e_address === true}
      />
      <TextField
        name="sender_e_address"
        label={t('sending.sender_e_address')}
        hint={t('sending.sender_e_address_hint')}
        value={textOf(settings.sender_e_address)}
        optional
      />
    </>
  ),
}
