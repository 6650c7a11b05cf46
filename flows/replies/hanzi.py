"""Traditional Chinese characters and their simplified forms.

Only those that people use in replies, paired by hand after Unicode's Unihan variants (UAX #38). The
lists and the replies are both read in simplified characters, so a word needs to be listed once.
Japanese shares some of these characters; as its lists pass through the same table, nothing changes.
"""

from __future__ import annotations

_TRADITIONAL = (
    "對沒請確認當願給發傳訊號碼電話刪將單從繼續訂閱開關復幫協資謝歡們個這還後過聯絡係擾騷煩別"
    "應該許權註銷終結時間為麼嗎誰無與興絕贊廣簡據戶頭僅見樣點現經買賣錢價問題聽說讓試誤錯換轉"
    "動態學會來東車長門麻黃氣熱愛樂親隨難離靜顯驗體備優億儘兒內兩剛勝務勞區卻參員啟單嚴囉國圖"
    "團場報壞夠奪獎婦媽實寫寶專導層屬歲幣幹庫廢張強彈徑懷慣慮憂戰戲拋掃採掛揮損搖擁擇擊擋擺擴"
    "攔敗數斷於暫書條業極標樓機檢歸殘殺決況沖涼淨測滅滿滾漢潔濟燈爭爺狀猶獲產畢畫異療盡監盤眾"
    "禮種稱穩窮競筆節範籤紅約級紙純細組統綠維網緊線練編緣縣總績織繳罰罷習聖聞聲職腦脫臉臺舉舊"
    "藝華萬葉處術衛裝製複覺觀規視計討訓記訪設訴診評詞詢詳誠語課調談諒論諾講證識譯議護變讚財貨"
    "貴費貼質賴購贈贏趕跡軍較載輕輸辦農進運達違遙遞遠適選遲邊郵醫釋針錄鍵鎖鐘閉隊際險雖雙雜雲"
    "靈響頁項順須預頓頻額類顧飯飲館騙驚鬆黨嘍喲囑馬鬧擔謹嗆絡歉煉僱裡裏準厭"
)
_SIMPLIFIED = (
    "对没请确认当愿给发传讯号码电话删将单从继续订阅开关复帮协资谢欢们个这还后过联络系扰骚烦别"
    "应该许权注销终结时间为么吗谁无与兴绝赞广简据户头仅见样点现经买卖钱价问题听说让试误错换转"
    "动态学会来东车长门麻黄气热爱乐亲随难离静显验体备优亿尽儿内两刚胜务劳区却参员启单严啰国图"
    "团场报坏够夺奖妇妈实写宝专导层属岁币干库废张强弹径怀惯虑忧战戏抛扫采挂挥损摇拥择击挡摆扩"
    "拦败数断于暂书条业极标楼机检归残杀决况冲凉净测灭满滚汉洁济灯争爷状犹获产毕画异疗尽监盘众"
    "礼种称稳穷竞笔节范签红约级纸纯细组统绿维网紧线练编缘县总绩织缴罚罢习圣闻声职脑脱脸台举旧"
    "艺华万叶处术卫装制复觉观规视计讨训记访设诉诊评词询详诚语课调谈谅论诺讲证识译议护变赞财货"
    "贵费贴质赖购赠赢赶迹军较载轻输办农进运达违遥递远适选迟边邮医释针录键锁钟闭队际险虽双杂云"
    "灵响页项顺须预顿频额类顾饭饮馆骗惊松党喽哟嘱马闹担谨呛络歉炼雇里里准厌"
)

SIMPLIFIED = dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True))
"""The simplified form of a traditional character."""
