//! The help page: honest answers to what people ask most.

super::messages! {
    HELP_TITLE: "Help", "ヘルプ";
    HELP_LEAD: "The questions that people ask most.", "よくあるご質問です。";

    HELP_CODE: "My code hasn't arrived", "確認コードが届きません";
    HELP_CODE_1: "Wait a minute and look in the spam folder as well. Email can take that long.",
        "1分ほど待ち、迷惑メールフォルダーもご確認ください。届くまでに時間がかかることがあります。";
    HELP_CODE_2: "For your privacy, we don't say whether an account exists. Without a match, or after too many requests, nothing is sent. Try another email or phone, or wait an hour. If you already have an account, registering brings a message without a code.",
        "プライバシー保護のため、アカウントの有無はお答えしていません。該当しない場合や、リクエストが多すぎる場合は何も送られません。別の連絡先で試すか、1時間ほどお待ちください。登録済みの方が登録すると、コードのないメッセージが届きます。";
    HELP_CODE_3: "After a minute you can resend it. Use the one in the newest message.",
        "1分たつと、再送信できます。最新のメッセージのコードを入力してください。";

    HELP_LOST: "I can't use that email or phone anymore", "登録した連絡先が使えなくなりました";
    HELP_LOST_1: "If your account has another email, phone number, or username, enter that one.",
        "アカウントに別の連絡先やユーザー名があれば、そちらを入力してください。";
    HELP_LOST_2: "Otherwise, contact the help desk so that someone can confirm it's you. They'll never ask for your password or a code.",
        "なければ、お問い合わせ窓口にご連絡ください。担当者がご本人か確認します。パスワードや確認コードをお尋ねすることはありません。";

    HELP_REFUSED: "My password is right, but I can't sign in", "パスワードは正しいのにサインイン（ログイン）できません";
    HELP_REFUSED_1: "After several wrong passwords, sign-in is locked for a while, even with the right one. Wait, or reset your password.",
        "間違いが続くと一時的にロックされ、正しいパスワードでもサインインできません。しばらく待つか、パスワードを再設定してください。";

    HELP_CHOOSE: "How do I choose a good password?", "安全なパスワードの作り方は？";
    HELP_CHOOSE_1: "Length matters most. Several unrelated words are strong and easy to type.",
        "大切なのは長さです。関係のない単語をいくつか並べると、強くて入力しやすくなります。";
    HELP_CHOOSE_2: "A password manager can create and remember one for you. You can paste into every field.",
        "パスワード管理アプリに任せるのもよい方法です。どの欄でも貼り付けが使えます。";

    HELP_STRANGE: "I got a code I didn't request", "心当たりのない確認コードが届きました";
    HELP_STRANGE_1: "Someone entered your email or phone, maybe by mistake. Nothing happens without the code. Don't share it, and ignore the message.",
        "誰かがこの連絡先を入力したようです。コードがなければ何も起こりません。誰にも教えず、メッセージは無視してください。";
    HELP_STRANGE_2: "If a message says that your password was changed and it wasn't you, use the link in it right away.",
        "「パスワードが変更されました」という知らせに心当たりがなければ、すぐにその中のリンクを開いてください。";

    HELP_PERSON: "I need to talk to someone", "担当者に相談したい";
    HELP_PERSON_NONE: "No help desk is set up here. Contact the person who gave you the account.",
        "お問い合わせ窓口は設定されていません。アカウントの発行元にご相談ください。";
}
