//! Signing in, registering, recovering: the pages in front of an account.

super::messages! {
    ABOUT_SIGN_IN: "Sign in to your account, create one, or reset your password.",
        "サインイン、アカウントの作成、パスワードの再設定ができます。";
    ABOUT_REGISTER: "Create an account: confirm a code, then choose a password.",
        "届いた確認コードを入力し、パスワードを設定すると、アカウントができます。";
    ABOUT_FORGOT: "Reset a forgotten password and get back into your account.",
        "忘れたパスワードを再設定し、もう一度サインインできます。";
    ABOUT_HELP: "What to do when you can't sign in.", "サインインできない場合の手順をご案内します。";
    ABOUT_NOT_ME: "Freeze your account if someone else may have changed your password.",
        "ほかの人がパスワードを変更したおそれがあるとき、アカウントの利用を停止できます。";
    ABOUT_ACCOUNT: "Check how you sign in, your password, and your devices.",
        "サインインの方法、パスワード、端末を確認できます。";

    SIGN_IN: "Sign in", "サインイン";
    SIGNING_IN: "Signing in…", "サインイン中…";
    IDENTIFIER: "Email, phone, or username", "メールアドレス、電話番号、またはユーザー名";
    PASSWORD: "Password", "パスワード";
    FORGOT_LINK: "Forgot your password?", "パスワードを忘れた場合";
    NEW_HERE: "New here?", "はじめての方は";
    CREATE_ACCOUNT: "Create an account", "アカウントを作成";
    ALREADY_REGISTERED: "Already have an account?", "アカウントをお持ちの方は";

    REGISTER_TITLE: "Create your account", "アカウントを作成";
    REGISTER_LEAD: "We'll send a 6-digit code to confirm it's yours.",
        "ご本人のものか確認するために、6桁の確認コードをお送りします。";
    REGISTER_OWNER_TITLE: "Set up Rekey", "Rekeyの初期設定";
    REGISTER_OWNER_LEAD: "You'll be the owner of this Rekey system. Enter an email or phone number you can check now.",
        "このアカウントがオーナーになります。今すぐ受信を確認できる連絡先を入力してください。";
    REGISTER_OWNER_EMAIL_LEAD: "You'll be the owner of this Rekey system. Enter an email you can check now.",
        "このアカウントがオーナーになります。今すぐ受信を確認できるメールアドレスを入力してください。";
    EMAIL_ADDRESS: "Email address", "メールアドレス";
    ADDRESS: "Email address or phone number", "メールアドレスまたは電話番号";
    CONSENT: "I have read the terms of use and accept them", "利用規約を読み、同意します";
    READ_TERMS: "Read the terms of use", "利用規約を読む";
    SEND_CODE: "Send code", "コードを送信";
    SENDING: "Sending…", "送信中…";

    CODE_TITLE: "Enter the code", "確認コードを入力";
    CODE: "6-digit code", "6桁の確認コード";
    CODE_HINT: "Spaces are ignored.", "スペースが入っていてもかまいません。";
    CONTINUE: "Continue", "次へ";
    CHECKING: "Checking…", "確認中…";
    RESEND: "Resend code", "コードを再送信";
    RESENT: "Request received. When a new message arrives, use the code in that one.",
        "再送信を受け付けました。届いたら、最新のコードを入力してください。";
    OTHER_ADDRESS: "Use a different email or phone", "別の連絡先を使う";
    NOTHING_ARRIVED: "Didn't get a message?", "届かない場合";

    DETAILS_TITLE: "Your name and password", "お名前とパスワード";
    GIVEN_NAME: "Given name (optional)", "名（任意）";
    FAMILY_NAME: "Family name (optional)", "姓（任意）";
    USERNAME: "Username (optional)", "ユーザー名（任意）";
    USERNAME_HINT: "A shorter way to sign in: letters, numbers, dots, hyphens, and underscores.",
        "サインインに使える短い名前です。半角の英数字、ピリオド、ハイフン、アンダースコアが使えます。";
    MAKE_ACCOUNT: "Create account", "アカウントを作成";
    SAVING: "Saving…", "保存中…";
    REGISTERED_TITLE: "Your account is ready", "アカウントができました";
    REGISTERED_TEXT: "Sign in with your email or phone and your new password.",
        "登録した連絡先とパスワードでサインインしてください。";

    FORGOT_TITLE: "Reset your password", "パスワードの再設定";
    FORGOT_LEAD: "If there's a matching account, we'll send it a 6-digit code.",
        "該当するアカウントがあれば、6桁の確認コードをお送りします。";
    FORGOT_TEMPORARY_LEAD: "If there's a matching account, we'll send it a temporary password or a code.",
        "該当するアカウントがあれば、仮パスワードまたは確認コードをお送りします。";
    SEND_MESSAGE: "Send message", "メッセージを送信";
    GOT_A_CODE: "Got a code instead?", "確認コードが届いた場合";
    RECOVER_TITLE: "Check your messages", "メッセージをご確認ください";
    NEW_PASSWORD_TITLE: "Choose a new password", "新しいパスワードを設定";
    NEW_PASSWORD_LEAD: "Saving it signs you out on all devices.",
        "保存すると、すべての端末からサインアウトします。";
    SAVE_PASSWORD: "Save password", "パスワードを保存";
    RECOVERED_TITLE: "Password changed", "パスワードを変更しました";
    RECOVERED_TEXT: "You've been signed out everywhere. Sign in with your new password.",
        "すべての端末からサインアウトしました。新しいパスワードでサインインしてください。";
    BACK_TO_SIGN_IN: "Back to sign-in", "サインインへ戻る";

    GET_NEW_CODE: "Reset your password", "パスワードを再設定";
    START_AGAIN: "Start over", "最初からやり直す";

    LINK_TITLE: "Open your link", "リンクを開く";
    LINK_SCRIPTS_LEAD: "This link only opens by itself with JavaScript, and it's off in this browser.",
        "このリンクを自動で開くにはJavaScriptが必要ですが、このブラウザーでは無効です。";
    LINK_LEAD: "Copy the whole link from the message and paste it here.",
        "メッセージにあるリンク全体をコピーして、ここに貼り付けてください。";
    LINK: "Link from the message", "メッセージにあるリンク";
    OPENING: "Opening…", "確認中…";
    CODE_INSTEAD: "Enter the code instead", "確認コードを入力する";

    NOT_ME_TITLE: "Didn't change your password?", "パスワードの変更に心当たりがない場合";
    NOT_ME_LEAD: "Someone else may have. Freezing your account signs out every device and stops all sign-ins right away.",
        "ほかの人が変更したおそれがあります。利用を停止すると、すぐにすべての端末からサインアウトし、誰もサインインできなくなります。";
    NOT_ME_AFTER: "To use it again, you'll reset your password. If it was changed with a code or link, you'll need a different email or phone, or the help desk.",
        "再開するには、パスワードを再設定します。届いたコードやリンクで変更されていた場合は、別の連絡先かお問い合わせ窓口が必要です。";
    FREEZE: "Freeze my account", "アカウントの利用を停止";
    FREEZING: "Freezing…", "処理中…";
    IT_WAS_ME: "It was me, don't freeze", "自分で変更したので停止しない";
    FROZEN_TITLE: "Your account is frozen", "アカウントの利用を停止しました";
    FROZEN_TEXT: "No one can sign in. To use your account again, reset your password. If it was changed with a code or link, enter a different email or phone.",
        "誰もサインインできません。再開するには、パスワードを再設定してください。届いたコードやリンクで変更されていた場合は、別の連絡先を入力してください。";
    FROZEN_HELP: "No other email or phone? Contact the help desk. After confirming it's you, they can give you a one-time link.",
        "ほかの連絡先がない場合は、お問い合わせ窓口にご連絡ください。ご本人と確認できれば、ワンタイムリンクをお渡しできます。";
    CHOOSE_NEW_PASSWORD: "Reset your password", "パスワードを再設定";
}
