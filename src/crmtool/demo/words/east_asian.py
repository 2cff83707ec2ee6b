"""Regions that write in Chinese characters, kana and hangul; each word carries its romanisation."""

from __future__ import annotations

from crmtool.demo.region import Region

REGIONS = (
    Region(
        key="zh_CN", country="CN", language="zh-Hans", zone="Asia/Shanghai", currency="CNY", weight=9,
        family_first=True, joiner="", syllables=(1, 2),
        given="伟=wei 芳=fang 娜=na 敏=min 静=jing 丽=li 强=qiang 磊=lei 军=jun 洋=yang 勇=yong 艳=yan 杰=jie "
        "娟=juan 涛=tao 明=ming 超=chao 秀=xiu 霞=xia 平=ping 刚=gang 桂=gui 英=ying 华=hua 文=wen "
        "辉=hui 建=jian 国=guo 志=zhi 海=hai 玉=yu 兰=lan 雪=xue 梅=mei 晨=chen 宇=yu 浩=hao 然=ran "
        "子=zi 轩=xuan 梓=zi 涵=han 思=si 琪=qi 嘉=jia 欣=xin 博=bo 睿=rui 春=chun 龙=long",
        family="王=wang 李=li 张=zhang 刘=liu 陈=chen 杨=yang 黄=huang 赵=zhao 吴=wu 周=zhou 徐=xu 孙=sun 马=ma "
        "朱=zhu 胡=hu 郭=guo 何=he 高=gao 林=lin 罗=luo 郑=zheng 梁=liang 谢=xie 宋=song 唐=tang 许=xu "
        "韩=han 冯=feng 邓=deng 曹=cao 彭=peng 曾=zeng 肖=xiao 田=tian 董=dong 潘=pan 袁=yuan 蔡=cai "
        "蒋=jiang 余=yu 于=yu 杜=du 叶=ye 程=cheng 欧阳=ouyang 司马=sima 诸葛=zhuge",
        cities="上海|上海市,北京|北京市,深圳|广东省,杭州|浙江省,成都|四川省,武汉|湖北省,西安|陕西省",
        streets="人民路,中山路,建设大道,解放路,长江路,和平街",
        street="{street}{n}号", postal="######",
        phones="+86 138 #### ####,139########,+86 21 ^### ####,010-^#######",
        words="华夏=huaxia 东方=dongfang 长城=changcheng 金龙=jinlong 恒信=hengxin 天宇=tianyu 瑞祥=ruixiang "
        "鸿运=hongyun 新源=xinyuan 明达=mingda",
        trades="科技=tech 贸易=trade 物流=logistics 食品=food 电子=electronics 建筑=build 能源=energy "
        "医疗=medical",
        suffixes="有限公司=co 股份有限公司=corp",
        shape="{word}{trade}{suffix}",
        remarks="希望春节后再联系。|需要中文报价单和发票。",
    ),
    Region(
        key="zh_TW", country="TW", language="zh-Hant", zone="Asia/Taipei", currency="TWD", weight=3,
        family_first=True, joiner="", syllables=(2, 2),
        given="志=chih 明=ming 雅=ya 婷=ting 怡=yi 君=chun 家=chia 豪=hao 淑=shu 芬=fen 美=mei 玲=ling 俊=chun "
        "傑=chieh 宗=tsung 翰=han 佳=chia 穎=ying 冠=kuan 宇=yu 詩=shih 涵=han 承=cheng 恩=en",
        family="陳=chen 林=lin 黃=huang 張=chang 李=lee 王=wang 吳=wu 劉=liu 蔡=tsai 楊=yang 許=hsu 鄭=cheng "
        "謝=hsieh 郭=kuo 洪=hung 邱=chiu 曾=tseng 廖=liao 賴=lai 徐=hsu 周=chou 葉=yeh 蘇=su 莊=chuang",
        cities="臺北|臺北市,新北|新北市,臺中|臺中市,高雄|高雄市,臺南|臺南市",
        streets="中正路,忠孝東路,民生路,復興南路,和平西路",
        street="{street}{n}號", postal="###",
        phones="+886 912 ### ###,09##-###-###,(02) ####-####",
        words="台灣=taiwan 遠東=fareast 龍騰=longteng 寶島=baodao 聯華=lianhua 富邑=fuyi",
        trades="電子=electronics 科技=tech 食品=food 國際=intl 機械=machinery",
        suffixes="股份有限公司=co 有限公司=ltd",
        shape="{word}{trade}{suffix}",
        remarks="請於下午兩點後來電。|主管月底回覆。",
    ),
    Region(
        key="ja_JP", country="JP", language="ja", zone="Asia/Tokyo", currency="JPY", weight=6, family_first=True,
        given="翔太=shota 大輔=daisuke 健一=kenichi 拓也=takuya 直樹=naoki 蓮=ren 陽翔=haruto 一郎=ichiro "
        "誠=makoto 隆=takashi 学=manabu 美咲=misaki 陽子=yoko 結衣=yui 愛=ai 久美子=kumiko さくら=sakura "
        "ひなた=hinata 真由美=mayumi 恵子=keiko 葵=aoi 凛=rin ユリ=yuri アンナ=anna 智子=tomoko "
        "裕子=yuko 浩=hiroshi 修=osamu 剛=tsuyoshi 亮=ryo",
        family="佐藤=sato 鈴木=suzuki 高橋=takahashi 田中=tanaka 伊藤=ito 渡辺=watanabe 山本=yamamoto "
        "中村=nakamura 小林=kobayashi 加藤=kato 吉田=yoshida 山田=yamada 佐々木=sasaki 山口=yamaguchi "
        "松本=matsumoto 井上=inoue 木村=kimura 林=hayashi 斎藤=saito 清水=shimizu 山崎=yamazaki 森=mori "
        "池田=ikeda 橋本=hashimoto 阿部=abe 石川=ishikawa 前田=maeda 藤田=fujita 小川=ogawa 岡田=okada "
        "後藤=goto 長谷川=hasegawa 村上=murakami 近藤=kondo 石井=ishii 坂本=sakamoto 遠藤=endo 青木=aoki "
        "藤井=fujii 西村=nishimura",
        more_given="健=ken 大=dai 直=nao 拓=taku 翔=sho 和=kazu 正=masa 康=yasu 孝=taka 雅=masa 俊=toshi 秀=hide + "
        "太=ta 介=suke 人=to 樹=ki 也=ya 司=shi 彦=hiko 之=yuki 郎=ro|美=mi 由=yu 真=ma 恵=e 智=tomo "
        "裕=yu 優=yu 彩=aya 理=ri 千=chi + 子=ko 香=ka 奈=na 里=ri 花=ka 穂=ho 紀=ki",
        more_family="大=o 小=ko 中=naka 高=taka 松=matsu 竹=take 西=nishi 東=higashi 北=kita 南=minami 上=ue 石=ishi "
        "水=mizu 川=kawa + 田=da 山=yama 村=mura 野=no 島=shima 原=hara 沢=sawa 橋=hashi 崎=zaki 谷=tani "
        "岡=oka",
        cities="東京|東京都,横浜|神奈川県,大阪|大阪府,名古屋|愛知県,札幌|北海道,福岡|福岡県,京都|京都府",
        streets="中央,本町,桜木町,銀座,栄町,緑が丘",
        street="{street}{n}-1", postal="###-####",
        phones="+81 90-####-####,090-####-####,03-^###-####,06-^###-####",
        words="富士=fuji 桜=sakura 東洋=toyo 日向=hyuga 大和=yamato 光洋=koyo 北斗=hokuto みらい=mirai "
        "サンライズ=sunrise",
        trades="商事=shoji 電機=denki 物産=bussan 運輸=unyu 食品=shokuhin 工業=kogyo システム=system "
        "建設=kensetsu",
        suffixes="株式会社=kk 有限会社=yk",
        shape="{suffix}{word}{trade}",
        remarks="年度末までに決裁予定。|電話よりメールを希望。",
    ),
    Region(
        key="ko_KR", country="KR", language="ko", zone="Asia/Seoul", currency="KRW", weight=4,
        family_first=True, joiner="", syllables=(2, 2),
        given="민=min 준=jun 서=seo 연=yeon 지=ji 우=woo 현=hyun 수=soo 영=young 은=eun 혜=hye 진=jin 성=sung "
        "호=ho 하=ha 윤=yoon 도=do 예=ye 채=chae 원=won 재=jae 태=tae 경=kyung 희=hee 동=dong 미=mi",
        family="김=kim 이=lee 박=park 최=choi 정=jung 강=kang 조=cho 윤=yoon 장=jang 임=lim 한=han 오=oh 서=seo "
        "신=shin 권=kwon 황=hwang 안=ahn 송=song 류=ryu 홍=hong 전=jeon 고=ko 문=moon 남궁=namgung "
        "선우=sunwoo",
        cities="서울|서울특별시,부산|부산광역시,인천|인천광역시,대구|대구광역시,대전|대전광역시",
        streets="세종대로,테헤란로,강남대로,중앙로,한강대로",
        street="{street} {n}", postal="#####",
        phones="+82 10-####-####,010-####-####,02-^##-####,+82 51 ^## ####",
        words="한빛=hanbit 대한=daehan 미래=mirae 동아=donga 새롬=saerom 청솔=cheongsol 누리=nuri",
        trades="전자=electronics 물산=mulsan 건설=construction 식품=food 소프트=soft 해운=shipping",
        suffixes="주식회사=co",
        shape="{suffix} {word}{trade}",
        remarks="설 연휴 이후에 연락하기로 함.|견적서를 한국어로 요청.",
    ),
)  # fmt: skip
