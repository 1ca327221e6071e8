import { defineTexts } from '../ui/define-texts.ts'

export const homeTexts = defineTexts({ 'home.title': 'Sākums' }, { 'home.title': 'Home' })
