// Notifications
export const health = () => ({ status: 'ok' })
